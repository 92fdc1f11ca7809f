-- Opens the next batch of a subscription that is locked: as many ticks as fit, at least one.
--
-- Parameters: i_sub: the subscription, without an open batch; i_max_events: upper limit of events to join ticks for (by the estimate of
--     the event sequence); i_upto_tick: do not go beyond; null: no limit.
-- Returns: the subscription with its batch; sub_batch is null if there is none yet.
-- Errors: the tick of the consumer is gone (data_corrupted).
-- May be called by: functions of this schema only.
create or replace function trunkline._open_next(i_sub pgq.subscription, i_max_events bigint, i_upto_tick bigint)
returns pgq.subscription
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _first_seq int8;
    _first int8;
    _beyond int8;
begin
    select t.tick_event_seq into _first_seq from pgq.tick t
    where t.tick_queue = i_sub.sub_queue and t.tick_id = i_sub.sub_last_tick;
    if not found then
        raise exception 'tick % of consumer % on queue % is gone', i_sub.sub_last_tick, i_sub.sub_consumer, i_sub.sub_queue
            using errcode = 'data_corrupted',
                  hint = 'The events after that tick are gone, too. Move the consumer with pgq.register_consumer_at().';
    end if;

    select t.tick_id into _first from pgq.tick t
    where t.tick_queue = i_sub.sub_queue and t.tick_id > i_sub.sub_last_tick and (i_upto_tick is null or t.tick_id <= i_upto_tick)
    order by t.tick_id limit 1;
    if _first is null then
        return i_sub;
    end if;
    -- the last tick before the first one that is too far; event sequences only rise, so this looks at no more than it joins
    select t.tick_id into _beyond from pgq.tick t
    where t.tick_queue = i_sub.sub_queue and t.tick_id > _first and t.tick_event_seq - _first_seq > i_max_events
    order by t.tick_id limit 1;
    select t.tick_id into i_sub.sub_next_tick from pgq.tick t
    where t.tick_queue = i_sub.sub_queue and t.tick_id >= _first and (_beyond is null or t.tick_id < _beyond)
      and (i_upto_tick is null or t.tick_id <= i_upto_tick)
    order by t.tick_id desc limit 1;

    i_sub.sub_batch := nextval('pgq.batch_id_seq');
    update pgq.subscription s
    set sub_batch = i_sub.sub_batch, sub_next_tick = i_sub.sub_next_tick, sub_active = now()
    where s.sub_queue = i_sub.sub_queue and s.sub_consumer = i_sub.sub_consumer;
    return i_sub;
end
$$;
