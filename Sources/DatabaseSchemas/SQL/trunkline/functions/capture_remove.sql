-- Ends the capture of a table into a queue. Events that are in the queue stay there.
--
-- Parameters: i_table: the table; i_queue: the queue.
-- Returns: 1 removed, 0 there was none.
-- Errors: insufficient privilege.
-- May be called by: pgq_admin who owns the table.
create or replace function trunkline.capture_remove(i_table regclass, i_queue text)
returns int4
language plpgsql
as $$
declare
    _statement text;
begin
    perform 1 from trunkline.capture c where c.table_oid = i_table and c.queue_name = i_queue for update;
    if not found then
        return 0;
    end if;
    for _statement in select s from trunkline.capture_removal_plan(i_table, i_queue) s loop
        execute _statement;
    end loop;
    delete from trunkline.capture c where c.table_oid = i_table and c.queue_name = i_queue;
    return 1;
end
$$;
