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
    _known trunkline.capture;
    _trigger record;
begin
    select * into _known from trunkline.capture c where c.table_oid = i_table and c.queue_name = i_queue for update;
    if not found then
        return 0;
    end if;
    for _trigger in
        select t.tgname
        from pg_catalog.pg_trigger t
        join pg_catalog.pg_proc p on p.oid = t.tgfoid
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'trunkline'
        where t.tgrelid = i_table and not t.tgisinternal and p.proname = _known.function_name
    loop
        execute pg_catalog.format('drop trigger %I on %s', _trigger.tgname, i_table);
    end loop;
    execute pg_catalog.format('drop function if exists trunkline.%I()', _known.function_name);
    delete from trunkline.capture c where c.table_oid = i_table and c.queue_name = i_queue;
    return 1;
end
$$;
