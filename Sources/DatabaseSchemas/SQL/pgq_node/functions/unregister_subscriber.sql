-- Ends the subscription of another node: its worker and its watermark no longer hold events here.
--
-- Returns: 200; 304 not found.
-- May be called by: pgq_reader, pgq_writer, pgq_admin.
create or replace function pgq_node.unregister_subscriber(
    i_queue_name text, i_remote_node_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _worker text;
    _watermark text;
begin
    delete from pgq_node.subscriber_info s
    where s.queue_name = i_queue_name and s.subscriber_node = i_remote_node_name
    returning s.worker_name, s.watermark_name into _worker, _watermark;
    if not found then
        select 304, 'Subscriber not found' into ret_code, ret_note;
        return;
    end if;
    perform pgq.unregister_consumer(i_queue_name, _watermark);
    perform pgq.unregister_consumer(i_queue_name, _worker);
    select 200, 'Subscriber unregistered: ' || i_remote_node_name into ret_code, ret_note;
end
$$;
