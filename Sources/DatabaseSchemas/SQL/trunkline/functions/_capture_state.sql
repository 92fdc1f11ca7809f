-- State of a capture.
--
-- Parameters: i_known: what is registered; i_definition: what the catalog and the options give now.
-- Returns: ok; stale: the table has changed or the generator has (nothing is lost, but captures are slower); changed: other
--     options are asked for; triggers: one is missing, disabled or enabled otherwise than it should be.
-- May be called by: internal.
create or replace function trunkline._capture_state(i_known trunkline.capture, i_definition jsonb)
returns text
language sql
stable
as $$
    select case
        when exists (
            select 1
            from trunkline._capture_triggers(i_known.definition) w
            left join (
                pg_catalog.pg_trigger t
                join pg_catalog.pg_proc p on p.oid = t.tgfoid and p.proname = i_known.function_name
                join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'trunkline'
            ) on t.tgrelid = i_known.table_oid and t.tgname = w.name::name and t.tgenabled = w.enabled
            where t.oid is null) then 'triggers'
        when i_known.definition -> 'options' is distinct from i_definition -> 'options' then 'changed'
        when i_known.definition is distinct from i_definition
            or not exists (
                select 1 from pg_catalog.pg_proc p
                join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'trunkline'
                where p.proname = i_known.function_name and p.prosrc = trunkline._capture_body(i_definition)) then 'stale'
        else 'ok'
    end
$$;
