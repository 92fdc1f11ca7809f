-- The triggers of a capture that are there, without the copies that PostgreSQL makes for partitions.
--
-- Parameters: i_function: name of the capture's function.
-- Returns: table, trigger name, pg_trigger.tgenabled.
-- May be called by: internal.
create or replace function trunkline._capture_placed_triggers(i_function text)
returns table (relation oid, name name, enabled "char")
language sql
stable
as $$
    select t.tgrelid, t.tgname, t.tgenabled
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_proc p on p.oid = t.tgfoid and p.proname = i_function
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'trunkline'
    where t.tgparentid = 0
$$;
