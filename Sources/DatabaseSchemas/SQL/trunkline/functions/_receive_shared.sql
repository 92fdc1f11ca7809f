-- trunkline.receive() for a member of a group that shares the work without order.
--
-- A batch belongs to one member until it is finished. Where nothing is new, nothing is locked or written. A member that goes on with its
-- batch does not lock the group.
--
-- Parameters: i_main: the main consumer; i_queue_name, i_consumer_name: its names; i_member: name of the member, which is registered
--     when there is work for it; i_max_events: upper limit of events; i_upto_tick: do not go beyond; null: no limit.
-- Returns: see trunkline.receive().
-- Errors: the main consumer has a batch that it did not receive, or still works on (object_not_in_prerequisite_state).
-- May be called by: functions of this schema only.
create or replace function trunkline._receive_shared(
    i_main pgq.subscription,
    i_queue_name text,
    i_consumer_name text,
    i_member text,
    i_max_events int4,
    i_upto_tick bigint)
returns table (
    receipt bigint, event_id bigint, type text, payload text, key text, headers text, attempt int, sent_at timestamptz,
    extra1 text, extra2 text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription := pgq_coop._find_member(i_queue_name, i_consumer_name, i_member);
    _is_locked bool := false;
    _dead_interval interval;
    _lease_time interval;
    _join int8 := i_max_events;
begin
    select g.dead_interval into _dead_interval from trunkline.member_group g
    where g.queue_name = i_queue_name and g.consumer_name = i_consumer_name;
    if _member.sub_paused
        or _member.sub_batch is null
        and i_main.sub_batch is null
        and exists (select 1 from pgq.tick t where t.tick_queue = i_main.sub_queue and t.tick_id = i_main.sub_last_tick)
        and not exists (
            select 1 from pgq.tick t
            where t.tick_queue = i_main.sub_queue and t.tick_id > i_main.sub_last_tick
              and (i_upto_tick is null or t.tick_id <= i_upto_tick))
        and not exists (select 1 from trunkline._orphans(i_main, _member.sub_consumer, _dead_interval))
    then
        return;
    end if;

    select s.lease_time into _lease_time from trunkline._consumer_settings(i_main.sub_queue, i_main.sub_consumer) s;
    loop
        if _member.sub_batch is null and not _is_locked then
            i_main := pgq_coop._lock_group(i_queue_name, i_consumer_name);
            if i_main.sub_id is null or i_main.sub_paused or i_main.sub_lane is not null then
                return;
            end if;
            perform pgq_coop.register_subconsumer(i_queue_name, i_consumer_name, i_member);
            _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_member);
            _is_locked := true;
        end if;
        select s.* into _member from pgq.subscription s
        where s.sub_queue = _member.sub_queue and s.sub_consumer = _member.sub_consumer
        for no key update;
        if not found or _member.sub_batch is null and not _is_locked then
            -- it was taken away at this moment
            _member := null;
            continue;
        end if;

        if _member.sub_batch is null then
            _member := trunkline._take_over(i_main, _member, _dead_interval);
        else
            delete from pgq_coop.released_batch r
            where r.sub_queue = _member.sub_queue and r.sub_consumer = _member.sub_consumer;
            update pgq.subscription s set sub_active = now()
            where s.sub_queue = _member.sub_queue and s.sub_consumer = _member.sub_consumer;
        end if;
        if _member.sub_batch is null then
            select s.* into i_main from pgq.subscription s
            where s.sub_queue = i_main.sub_queue and s.sub_consumer = i_main.sub_consumer;
            if i_main.sub_batch is not null then
                raise exception 'consumer "%" on queue "%" works on a batch itself', i_consumer_name, i_queue_name
                    using errcode = 'object_not_in_prerequisite_state',
                          detail = format('Batch %s is open.', i_main.sub_batch),
                          hint = 'A process uses the name of the consumer without a member. Let it finish, then stop it.';
            end if;
            i_main := trunkline._open_next(i_main, _join, i_upto_tick);
            if i_main.sub_batch is null then
                return;
            end if;
            -- ids of open batches are unique at every moment, so the main consumer gives its own back first
            update pgq.subscription s set sub_batch = null, sub_last_tick = i_main.sub_next_tick, sub_next_tick = null
            where s.sub_queue = i_main.sub_queue and s.sub_consumer = i_main.sub_consumer;
            _member.sub_batch := i_main.sub_batch;
            _member.sub_last_tick := i_main.sub_last_tick;
            _member.sub_next_tick := i_main.sub_next_tick;
            update pgq.subscription s
            set sub_batch = _member.sub_batch, sub_last_tick = _member.sub_last_tick, sub_next_tick = _member.sub_next_tick,
                sub_active = now()
            where s.sub_queue = _member.sub_queue and s.sub_consumer = _member.sub_consumer;
        end if;

        return query
        select * from trunkline._take_part(_member, i_main.sub_consumer, _lease_time, null, i_max_events, i_member);
        if found then
            return;
        end if;
        _member.sub_batch := null;
        _join := least(_join * 4, 1000000000);
    end loop;
end
$$;
