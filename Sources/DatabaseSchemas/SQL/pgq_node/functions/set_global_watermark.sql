-- Tells up to which tick everything is finished on all nodes. The root tells the other nodes by an event.
--
-- Parameters: i_watermark: the tick; null, on the root: the lowest that is known there.
-- Returns: 200, also if a branch does not have the tick (yet); 100 nothing to do on a leaf; 404; 500 a branch was not told which.
-- Errors: the root does not have the tick.
-- Events: pgq.global-watermark: ev_data tick, ev_extra1 queue.
-- May be called by: pgq_admin.
create or replace function pgq_node.set_global_watermark(
    i_queue_name text, i_watermark int8, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
    _watermark int8;
begin
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name for share;
    if not found then
        select 404, format('Queue %s not found', i_queue_name) into ret_code, ret_note;
        return;
    elsif _node.node_type = 'leaf' then
        select 100, 'Ignoring global watermark in leaf' into ret_code, ret_note;
        return;
    elsif _node.node_type = 'branch' then
        if i_watermark is null then
            select 500, 'bad usage: wm=null on branch node' into ret_code, ret_note;
            return;
        end if;
        if not exists (
            select 1 from pgq.queue q join pgq.tick t on t.tick_queue = q.queue_id
            where q.queue_name = i_queue_name and t.tick_id = i_watermark)
        then
            select 200, 'Skipping global watermark update to ' || i_watermark into ret_code, ret_note;
            return;
        end if;
    end if;

    _watermark := coalesce(i_watermark, pgq_node._local_watermark(i_queue_name));
    perform pgq.register_consumer_at(i_queue_name, '.global_watermark', _watermark);
    if _node.node_type = 'root' then
        update pgq_node.local_state l set last_tick_id = _watermark
        where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name;
        perform pgq.insert_event(i_queue_name, 'pgq.global-watermark', _watermark::text, i_queue_name, null, null, null);
    end if;
    select 200, 'Global watermark set to ' || _watermark into ret_code, ret_note;
end
$$;
