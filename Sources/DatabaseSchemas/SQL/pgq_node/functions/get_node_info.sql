-- What this database is for a queue, and how far.
--
-- Returns: 100, or 404 if it is no node of the queue; type and name of the node; the watermarks; the provider of its worker; the
--     queue that a merging leaf fills and the type of that one's node; state of the worker and its last tick (on the root: the
--     newest tick); attributes; the queues that are merged into this one here.
-- May be called by: pgq_reader, pgq_writer, pgq_admin.
create or replace function pgq_node.get_node_info(
    i_queue_name text,
    out ret_code int4,
    out ret_note text,
    out node_type text,
    out node_name text,
    out global_watermark int8,
    out local_watermark int8,
    out provider_node text,
    out provider_location text,
    out combined_queue text,
    out combined_type text,
    out worker_name text,
    out worker_paused bool,
    out worker_uptodate bool,
    out worker_last_tick int8,
    out node_attrs text,
    out target_for text[])
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select 100, 'Ok', n.node_type, n.node_name, pgq_node._global_watermark(n.queue_name),
           pgq_node._local_watermark(n.queue_name), s.provider_node, l.node_location, n.combined_queue, c.node_type,
           n.worker_name, s.paused, s.uptodate,
           case when n.node_type = 'root' then pgq_node._newest_tick(n.queue_name) else s.last_tick_id end, n.node_attrs,
           (select array_agg(m.queue_name order by m.queue_name) from pgq_node.node_info m where m.combined_queue = n.queue_name)
    into ret_code, ret_note, node_type, node_name, global_watermark,
         local_watermark, provider_node, provider_location, combined_queue, combined_type,
         worker_name, worker_paused, worker_uptodate, worker_last_tick, node_attrs, target_for
    from pgq_node.node_info n
    left join pgq_node.local_state s on s.queue_name = n.queue_name and s.consumer_name = n.worker_name
    left join pgq_node.node_location l on l.queue_name = n.queue_name and l.node_name = s.provider_node
    left join pgq_node.node_info c on c.queue_name = n.combined_queue
    where n.queue_name = i_queue_name;
    if not found then
        select 404, 'Unknown queue: ' || i_queue_name into ret_code, ret_note;
    end if;
end
$$;
