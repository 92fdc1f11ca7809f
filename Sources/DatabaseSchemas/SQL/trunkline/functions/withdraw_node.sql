-- Takes back the end of a root's queue that no other node has, and turns it into a branch which stands where the others went on
-- without it. For a root that was lost and replaced, and has come back; see pgq_node.demote_root() for its first steps.
--
-- Events of transactions that the tick has not seen are removed, however long these ran, and the ticks after it. Consumers that were
-- further than the tick go back to it; their open batches are closed without being finished. The worker is paused.
--
-- Parameters: i_queue_name: the queue; i_tick: the last tick that others have; i_provider: the node to read from;
--     i_keep: nodes that read from this one and are not further than the tick: they stay subscribed, all others do not.
-- Returns: 200; 301 this node is no root; 404 not a node, unknown provider, or the tick is not here any more.
-- Errors: events can still come: steps 1 and 2 of pgq_node.demote_root() were not done (object_not_in_prerequisite_state).
-- May be called by: pgq_admin.
create or replace function trunkline.withdraw_node(
    i_queue_name text,
    i_tick int8,
    i_provider text,
    i_keep text[],
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _node record;
    _queue pgq.queue;
    _snapshot txid_snapshot;
    _subscriber text;
    _events int8;
begin
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name for update;
    if not found then
        select 404, 'Node not initialized for queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if _node.node_type <> 'root' then
        select 301, 'Node not root' into ret_code, ret_note;
        return;
    end if;
    select q.* into _queue from pgq.queue q where q.queue_name = i_queue_name;
    if not _queue.queue_disable_insert or not pgq._is_closed(i_queue_name) then
        raise exception 'queue "%" still takes events', i_queue_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Do steps 1 and 2 of pgq_node.demote_root() first.';
    end if;
    perform pgq._lock_queue(_queue.queue_id);
    select t.tick_snapshot into _snapshot from pgq.tick t
    where t.tick_queue = _queue.queue_id and t.tick_id = i_tick;
    if not found then
        select 404, format('Tick %s is not here any more: the node has to be made anew', i_tick) into ret_code, ret_note;
        return;
    end if;
    if not exists (
        select 1 from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_provider)
    then
        select 404, 'Node not found: ' || coalesce(i_provider, 'NULL') into ret_code, ret_note;
        return;
    end if;

    for _subscriber in
        select s.subscriber_node from pgq_node.subscriber_info s
        where s.queue_name = i_queue_name and s.subscriber_node <> all (coalesce(i_keep, '{}'))
    loop
        perform pgq_node.unregister_subscriber(i_queue_name, _subscriber);
    end loop;
    -- members of a group, and lanes, have one sub_id
    update pgq.subscription s
    set sub_last_tick = case when s.sub_last_tick > g.tick then g.tick else s.sub_last_tick end,
        sub_batch = case when s.sub_next_tick > i_tick then null else s.sub_batch end,
        sub_next_tick = case when s.sub_next_tick > i_tick then null else s.sub_next_tick end
    from (
        select o.sub_id, least(i_tick, min(o.sub_last_tick)) as tick
        from pgq.subscription o
        where o.sub_queue = _queue.queue_id and (o.sub_last_tick > i_tick or o.sub_next_tick > i_tick)
        group by o.sub_id
    ) g
    where s.sub_queue = _queue.queue_id and s.sub_id = g.sub_id
      and (s.sub_last_tick > g.tick or s.sub_next_tick > i_tick);

    delete from pgq.event_template e
    where e.ev_queue = _queue.queue_id and not txid_visible_in_snapshot(e.ev_txid, _snapshot);
    get diagnostics _events = row_count;
    delete from pgq.tick t where t.tick_queue = _queue.queue_id and t.tick_id > i_tick;

    update pgq_node.node_info n set node_type = 'branch' where n.queue_name = i_queue_name;
    update pgq_node.local_state l
    set provider_node = i_provider, last_tick_id = i_tick, paused = true, uptodate = false, cur_error = null
    where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name;
    select 200, format('Removed %s events after tick %s of queue: %s', _events, i_tick, i_queue_name) into ret_code, ret_note;
end
$$;
