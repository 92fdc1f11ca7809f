-- The nodes that read from this one.
--
-- Returns: node, its worker, and the lowest tick that is finished there and below.
-- May be called by: pgq_reader, pgq_writer, pgq_admin.
create or replace function pgq_node.get_subscriber_info(
    i_queue_name text,
    out node_name text,
    out worker_name text,
    out node_watermark int8)
returns setof record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select s.subscriber_node, s.worker_name, w.sub_last_tick
    from pgq_node.subscriber_info s
    left join pgq.queue q on q.queue_name = s.queue_name
    left join pgq.consumer c on c.co_name = s.watermark_name
    left join pgq.subscription w on w.sub_queue = q.queue_id and w.sub_consumer = c.co_id
    where s.queue_name = i_queue_name
    order by s.subscriber_node;
end
$$;
