-- Makes the tick that ends the last batch of this database's branch, unless it is there. To be called after the transaction of the
-- batch, and by a worker that starts: another one may have died in between. The transaction need not be durable, as the tick is made
-- again if it is lost.
--
-- Parameters: i_queue_name, i_lease: see claim_node(); i_tick_time, i_event_seq: time and event sequence of the tick at the provider, for
--     when another program brought the batch in; null: not known.
-- Returns: the tick; null if it was there, or the node is no branch.
-- Errors: another process claimed the node (TL001); the tick is missing, and it is not known what it was
--     (object_not_in_prerequisite_state).
-- May be called by: pgq_admin.
create or replace function trunkline.make_node_tick(
    i_queue_name text, i_lease bigint, i_tick_time timestamptz default null, i_event_seq bigint default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _completed int8;
    _tick trunkline.node_lease;
begin
    perform trunkline._check_node_lease(i_queue_name, i_lease);
    select l.last_tick_id into _completed
    from pgq_node.node_info n
    join pgq_node.local_state l on l.queue_name = n.queue_name and l.consumer_name = n.worker_name
    where n.queue_name = i_queue_name and n.node_type = 'branch';
    if _completed is null or _completed <= pgq_node._newest_tick(i_queue_name) then
        return null;
    end if;
    select * into _tick from trunkline.node_lease l where l.queue_name = i_queue_name;
    if _tick.tick_id is distinct from _completed then
        _tick.tick_time := i_tick_time;
        _tick.event_seq := i_event_seq;
    end if;
    if _tick.tick_time is null or _tick.event_seq is null then
        raise exception 'queue "%" lacks tick %, up to which its node has everything', i_queue_name, _completed
            using errcode = 'object_not_in_prerequisite_state',
                  hint = format('Another program kept this node, and the provider does not have the tick any more. Make it: '
                                'select pgq.ticker(%L, %s, time, event_seq).', i_queue_name, _completed);
    end if;
    return pgq.ticker(i_queue_name, _completed, _tick.tick_time, _tick.event_seq);
end
$$;
