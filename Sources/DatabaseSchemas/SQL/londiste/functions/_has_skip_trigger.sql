-- Whether a table has a trigger of the queue that suppresses the change, other than one.
--
-- May be called by: functions of this schema only.
create or replace function londiste._has_skip_trigger(i_table oid, i_but text)
returns bool
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1 from pg_trigger t
        where t.tgrelid = i_table and not t.tgisinternal and londiste.is_replica_func(t.tgfoid) and t.tgname <> i_but
          and 'SKIP' = any (string_to_array(upper(encode(t.tgargs, 'escape')), '\000')))
$$;
