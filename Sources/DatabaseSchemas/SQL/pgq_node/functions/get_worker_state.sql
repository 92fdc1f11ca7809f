-- What the worker of this node must know before its next batch.
--
-- Returns: as get_consumer_state() of the worker, then its name, the watermarks, the newest tick of the local queue (null on a
--     leaf), and the queue that it fills if it merges, with the type of that one's node.
-- May be called by: pgq_admin.
create or replace function pgq_node.get_worker_state(
    i_queue_name text,
    out ret_code int4,
    out ret_note text,
    out node_type text,
    out node_name text,
    out completed_tick int8,
    out provider_node text,
    out provider_location text,
    out paused bool,
    out uptodate bool,
    out cur_error text,
    out worker_name text,
    out global_watermark int8,
    out local_watermark int8,
    out local_queue_top int8,
    out combined_queue text,
    out combined_type text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select n.worker_name into worker_name from pgq_node.node_info n where n.queue_name = i_queue_name;
    if not found then
        select 404, 'Unknown queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    select s.ret_code, s.ret_note, s.node_type, s.node_name, s.completed_tick, s.provider_node, s.provider_location,
           s.paused, s.uptodate, s.cur_error
    into ret_code, ret_note, node_type, node_name, completed_tick, provider_node, provider_location,
         paused, uptodate, cur_error
    from pgq_node.get_consumer_state(i_queue_name, worker_name) s;
    select pgq_node._global_watermark(n.queue_name), pgq_node._local_watermark(n.queue_name),
           case when n.node_type <> 'leaf' then pgq_node._newest_tick(n.queue_name) end, n.combined_queue, c.node_type
    into global_watermark, local_watermark, local_queue_top, combined_queue, combined_type
    from pgq_node.node_info n
    left join pgq_node.node_info c on c.queue_name = n.combined_queue
    where n.queue_name = i_queue_name;
end
$$;
