-- State of a capture.
--
-- Parameters: i_known: what is registered; i_definition: what the catalog and the options give now.
-- Returns: ok; changed: other options are asked for; triggers: one is missing, disabled or enabled otherwise than it should
--     be; partitions: one that was added has no trigger for TRUNCATE yet; stale: the table has changed or the generator has.
-- May be called by: internal.
create or replace function trunkline._capture_state(i_known trunkline.capture, i_definition jsonb)
returns text
language sql
stable
as $$
    with missing as (
        select w.relation
        from trunkline._capture_triggers(i_known.definition) w
        where not exists (
            select 1 from trunkline._capture_placed_triggers(i_known.function_name) t
            where t.relation = w.relation and t.name = w.name::name and t.enabled = w.enabled)
    )
    select case
        when exists (select 1 from missing m where m.relation = i_known.table_oid) then 'triggers'
        when i_known.definition -> 'options' is distinct from i_definition -> 'options' then 'changed'
        when exists (select 1 from missing m) then 'partitions'
        when i_known.definition is distinct from i_definition
            or not exists (
                select 1 from pg_catalog.pg_proc p
                join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'trunkline'
                where p.proname = i_known.function_name and p.prosrc = trunkline._capture_body(i_definition))
            then 'stale'
        else 'ok'
    end
$$;
