-- Completes a change of the number of lanes, if nothing is worked on and all are at the same position; see _set_lanes().
--
-- Parameters: i_main: the subscription of the consumer.
-- Returns: whether it was done.
-- May be called by: functions of this schema only.
create or replace function trunkline._divide_lanes(i_main pgq.subscription)
returns bool
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _group trunkline.lane_group;
    _tick int8;
    _all int4;
    _locked int4;
    _lane_consumer int4;
    _parked record;
    _event pgq.event_template;
begin
    if not trunkline._may_divide(i_main) then
        -- who began to receive before the change was asked for may have gone beyond the tick
        update trunkline.lane_group g set upto_tick = p.tick
        from (
            select max(coalesce(s.sub_next_tick, s.sub_last_tick)) as tick
            from pgq.subscription s
            where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id
        ) p
        where g.sub_queue = i_main.sub_queue and g.sub_consumer = i_main.sub_consumer and g.is_changing and p.tick > g.upto_tick;
        return false;
    end if;
    -- a row that is locked is being worked on at this moment
    select count(*) into _locked
    from (
        select 1 from pgq.subscription s
        where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id
        for no key update skip locked
    ) l;
    select count(*) into _all from pgq.subscription s where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id;
    select g.* into _group from trunkline.lane_group g
    where g.sub_queue = i_main.sub_queue and g.sub_consumer = i_main.sub_consumer
    for update;
    if _locked < _all or not coalesce(_group.is_changing, false) or not trunkline._may_divide(i_main) then
        return false;
    end if;

    select s.sub_last_tick into _tick from pgq.subscription s
    where s.sub_queue = i_main.sub_queue and s.sub_consumer = i_main.sub_consumer;
    update trunkline.delivery d
    set acked_total = o.acked, retried_total = o.retried, dead_total = o.dead, expired_total = o.expired
    from (
        select sum(x.acked_total) as acked, sum(x.retried_total) as retried, sum(x.dead_total) as dead, sum(x.expired_total) as expired
        from trunkline.delivery x
        join pgq.subscription s on s.sub_queue = x.sub_queue and s.sub_consumer = x.sub_consumer
        where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id
          and (s.sub_consumer = i_main.sub_consumer or s.sub_lane is null or s.sub_lane >= coalesce(_group.wanted, 1))
    ) o
    where d.sub_queue = i_main.sub_queue and d.sub_consumer = i_main.sub_consumer;
    delete from pgq.subscription s
    where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id and s.sub_consumer <> i_main.sub_consumer
      and (s.sub_lane is null or s.sub_lane >= coalesce(_group.wanted, 1));
    -- all rows: so that a receiver with an older snapshot fails instead of dividing as before
    update pgq.subscription s
    set sub_lane = case when s.sub_consumer <> i_main.sub_consumer then s.sub_lane when _group.wanted is not null then 0 end,
        sub_active = now()
    where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id;

    for _lane in 1 .. coalesce(_group.wanted, 1) - 1 loop
        continue when exists (
            select 1 from pgq.subscription s
            where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id and s.sub_lane = _lane);
        select pgq._consumer_id(c.co_name || '.lane-' || _lane) into _lane_consumer
        from pgq.consumer c where c.co_id = i_main.sub_consumer;
        insert into pgq.subscription (sub_id, sub_queue, sub_consumer, sub_last_tick, sub_lane)
        values (i_main.sub_id, i_main.sub_queue, _lane_consumer, _tick, _lane);
    end loop;

    if _group.wanted is not null then
        update trunkline.lane_group g set lanes = _group.wanted, is_changing = false, wanted = null, upto_tick = null
        where g.sub_queue = i_main.sub_queue and g.sub_consumer = i_main.sub_consumer;
        return true;
    end if;
    for _parked in
        select p.*, k.due_at
        from trunkline.parked_event p
        join trunkline.parked_key k
            on k.sub_queue = p.sub_queue and k.main_consumer = p.main_consumer and k.hash = p.hash
        where p.sub_queue = i_main.sub_queue and p.main_consumer = i_main.sub_consumer
        order by p.park_id
    loop
        _event.ev_id := _parked.ev_id;
        _event.ev_time := _parked.ev_time;
        _event.ev_type := _parked.ev_type;
        _event.ev_data := _parked.ev_data;
        _event.ev_extra1 := _parked.ev_extra1;
        _event.ev_extra2 := _parked.ev_extra2;
        _event.ev_extra3 := _parked.ev_extra3;
        _event.ev_extra4 := _parked.ev_extra4;
        perform trunkline._retry_later(
            i_main, _event, coalesce(_parked.ev_retry, 0), greatest(_parked.due_at, clock_timestamp()));
    end loop;
    delete from trunkline.parked_key k
    where k.sub_queue = i_main.sub_queue and k.main_consumer = i_main.sub_consumer;
    delete from trunkline.lane_group g
    where g.sub_queue = i_main.sub_queue and g.sub_consumer = i_main.sub_consumer;
    return true;
end
$$;
