-- Lets another node read from this one. It may be said again, as by an administrator whose first attempt was interrupted: the
-- worker is then moved to i_custom_tick_id if that is given, and otherwise nothing changes.
--
-- Parameters: i_queue_name: the queue; i_remote_node_name, i_remote_worker_name: the node and its worker; i_custom_tick_id: the tick
--     after which the worker goes on; null: the global watermark.
-- Returns: 200; 401 this node is a leaf; 404 unknown queue or node; the global watermark, for create_node() over there.
-- Errors: the tick is not here (any more).
-- May be called by: pgq_reader, pgq_writer, pgq_admin.
create or replace function pgq_node.register_subscriber(
    i_queue_name text,
    i_remote_node_name text,
    i_remote_worker_name text,
    i_custom_tick_id int8,
    out ret_code int4,
    out ret_note text,
    out global_watermark int8)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
    _watermark text;
    _worker text;
begin
    select n.node_type into _type from pgq_node.node_info n where n.queue_name = i_queue_name for share;
    if not found then
        select 404, 'Unknown queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if _type = 'leaf' then
        select 401, 'Cannot subscribe to leaf node' into ret_code, ret_note;
        return;
    end if;
    if not exists (
        select 1 from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_remote_node_name)
    then
        select 404, 'Location not registered: ' || i_remote_node_name into ret_code, ret_note;
        return;
    end if;

    _watermark := '.' || i_remote_node_name || '.watermark';
    global_watermark := pgq_node._global_watermark(i_queue_name);
    select s.worker_name into _worker from pgq_node.subscriber_info s
    where s.queue_name = i_queue_name and s.subscriber_node = i_remote_node_name;
    if _worker is null then
        perform pgq.register_consumer_at(i_queue_name, _watermark, global_watermark);
        perform pgq.register_consumer_at(i_queue_name, i_remote_worker_name, coalesce(i_custom_tick_id, global_watermark));
        insert into pgq_node.subscriber_info (queue_name, subscriber_node, worker_name, watermark_name)
        values (i_queue_name, i_remote_node_name, i_remote_worker_name, _watermark);
    else
        perform pgq.register_consumer_at(
            i_queue_name, i_remote_worker_name,
            case when _worker = i_remote_worker_name then i_custom_tick_id
                 else coalesce(i_custom_tick_id, global_watermark) end);
        if _worker <> i_remote_worker_name then
            update pgq_node.subscriber_info s set worker_name = i_remote_worker_name
            where s.queue_name = i_queue_name and s.subscriber_node = i_remote_node_name;
            perform pgq.unregister_consumer(i_queue_name, _worker);
        end if;
    end if;
    select 200, 'Subscriber registered: ' || i_remote_node_name into ret_code, ret_note;
end
$$;
