-- Removes a cascaded consumer. Saying it again does no harm.
--
-- Returns: 200; 404 unknown queue.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.unregister_consumer(
    i_queue_name text, i_consumer_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select 1 from pgq_node.node_info n where n.queue_name = i_queue_name) then
        select 404, 'Unknown queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    delete from pgq_node.local_state l where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
    select 200, format('Consumer %s unregistered from %s', i_consumer_name, i_queue_name) into ret_code, ret_note;
end
$$;
