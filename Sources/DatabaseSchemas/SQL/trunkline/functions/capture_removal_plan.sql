-- The SQL that capture_remove() would run.
--
-- Parameters: as capture_remove().
-- Returns: one statement a row, in order; none if there is no such capture.
-- May be called by: pgq_reader.
create or replace function trunkline.capture_removal_plan(i_table regclass, i_queue text)
returns setof text
language sql
stable
as $$
    select pg_catalog.format('drop trigger %I on %s', t.name, t.relation::regclass)
    from trunkline.capture c
    cross join lateral trunkline._capture_placed_triggers(c.function_name) t
    where c.table_oid = i_table and c.queue_name = i_queue
    union all
    select pg_catalog.format('drop function if exists trunkline.%I()', c.function_name)
    from trunkline.capture c
    where c.table_oid = i_table and c.queue_name = i_queue
$$;
