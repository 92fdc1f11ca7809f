-- Changes the number of lanes of a consumer. If lanes are at different positions or are worked on, or the consumer or a member of it is,
-- the change happens later: none goes beyond the farthest position that one of them has begun, and when all are there, the
-- next receive divides them anew. So events of one key stay in order.
--
-- Parameters: i_queue_name, i_consumer_name: the consumer; i_lanes: the number; null: no lanes. Parked events go to the retry queue then.
-- Errors: it is part of another consumer, or above 1000 (invalid_parameter_value); another consumer has the name of a lane
--     (duplicate_object).
-- May be called by: functions of this schema only.
create or replace function trunkline._set_lanes(i_queue_name text, i_consumer_name text, i_lanes int4)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _group trunkline.lane_group;
    _other text;
begin
    select s.* into _sub
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name
    for no key update of s;
    perform trunkline._check_member_name(_sub, i_queue_name, i_consumer_name, null);
    if i_lanes > 1000 then
        raise exception 'a consumer cannot have % lanes', i_lanes
            using errcode = 'invalid_parameter_value',
                  hint = 'Every lane reads the whole queue for its part of the keys; some more lanes than receivers are enough.';
    end if;
    select c.co_name into _other
    from pgq.subscription s
    join pgq.consumer c on c.co_id = s.sub_consumer
    where s.sub_queue = _sub.sub_queue and s.sub_id <> _sub.sub_id
      and c.co_name in (select i_consumer_name || '.lane-' || l from generate_series(1, i_lanes - 1) l)
    limit 1;
    if found then
        raise exception 'consumer "%" on queue "%" has the name of a lane', _other, i_queue_name
            using errcode = 'duplicate_object', hint = 'It is a consumer of its own; register it under another name.';
    end if;

    select g.* into _group from trunkline.lane_group g
    where g.sub_queue = _sub.sub_queue and g.sub_consumer = _sub.sub_consumer;
    if _group.lanes is not distinct from i_lanes then
        -- as it is, or as it was before a change that is not done yet
        update trunkline.lane_group g set is_changing = false, wanted = null, upto_tick = null
        where g.sub_queue = _sub.sub_queue and g.sub_consumer = _sub.sub_consumer and g.is_changing;
        return;
    end if;
    insert into trunkline.lane_group as g (sub_queue, sub_consumer, is_changing, wanted, upto_tick)
    select _sub.sub_queue, _sub.sub_consumer, true, i_lanes, max(coalesce(s.sub_next_tick, s.sub_last_tick))
    from pgq.subscription s
    where s.sub_queue = _sub.sub_queue and s.sub_id = _sub.sub_id
    on conflict (sub_queue, sub_consumer) do update
    set is_changing = true, wanted = excluded.wanted, upto_tick = excluded.upto_tick;
    perform trunkline._divide_lanes(_sub);
end
$$;
