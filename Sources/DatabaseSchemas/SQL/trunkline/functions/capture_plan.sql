-- The SQL that capture_add() would run.
--
-- Parameters: as capture_add().
-- Returns: one statement a row, in order. They make the triggers; capture_add() also registers the capture.
-- Errors: as capture_add().
-- May be called by: anybody who may read the catalog of queues.
create or replace function trunkline.capture_plan(i_table regclass, i_queue text, i_options jsonb default '{}')
returns setof text
language plpgsql
as $$
begin
    perform trunkline._check_queue(i_queue);
    return query select * from trunkline._capture_sql(
        trunkline._capture_definition(i_table, i_queue, coalesce(i_options, '{}')));
end
$$;
