-- Moves this database's node over a batch: first thing in the transaction that brings the batch in. The node's last error is
-- forgotten.
--
-- Parameters: i_queue_name: the queue; i_lease: see claim_node(); i_prev_tick, i_cur_tick: begin and end of the batch; i_tick_time,
--     i_event_seq: time and event sequence of its end, for make_node_tick().
-- Returns: true; false if the node has the batch already (the transaction must then do nothing).
-- Errors: another process claimed the node (TL001); the node reads from nobody, or the batch does not begin where the node stands
--     (object_not_in_prerequisite_state).
-- May be called by: pgq_admin.
create or replace function trunkline.advance_node(
    i_queue_name text, i_lease bigint, i_prev_tick bigint, i_cur_tick bigint, i_tick_time timestamptz, i_event_seq bigint)
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
    _tick int8;
begin
    perform trunkline._check_node_lease(i_queue_name, i_lease);
    -- the node cannot become a root before the batch is there
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name for share;
    select l.last_tick_id into _tick from pgq_node.local_state l
    where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name for no key update;
    if not found or _node.node_type = 'root' then
        raise exception 'the node of queue "%" reads from nobody', i_queue_name
            using errcode = 'object_not_in_prerequisite_state', hint = 'It is the root, or it was dropped.';
    end if;
    if _tick = i_cur_tick then
        return false;
    end if;
    if _tick <> i_prev_tick then
        raise exception 'lost position: batch from tick % to % does not follow tick %, where node "%" of queue "%" stands',
                i_prev_tick, i_cur_tick, _tick, _node.node_name, i_queue_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Restart the worker: it moves its consumer at the provider to the node''s tick.';
    end if;
    update pgq_node.local_state l set last_tick_id = i_cur_tick, cur_error = null
    where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name;
    update trunkline.node_lease l set tick_id = i_cur_tick, tick_time = i_tick_time, event_seq = i_event_seq
    where l.queue_name = i_queue_name;
    return true;
end
$$;
