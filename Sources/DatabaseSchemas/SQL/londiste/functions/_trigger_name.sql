-- Name of the trigger that logs rows. One that must come last begins with "zzz_": triggers fire in the order of their names.
--
-- May be called by: functions of this schema only.
create or replace function londiste._trigger_name(i_queue_name text, i_is_last bool)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when i_is_last then 'zzz_' else '' end || '_londiste_' || i_queue_name
$$;
