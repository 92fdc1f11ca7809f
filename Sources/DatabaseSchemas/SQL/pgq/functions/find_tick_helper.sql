-- Finds the end of a batch that should have a minimal size.
--
-- The newest tick is taken, so that a consumer that lags behind gets few big batches, if it is far enough away by count or
-- by time. If it is more than twice as far as needed, the first tick that is far enough is taken.
--
-- Parameters: i_queue_id: the queue; i_prev_tick_id, i_prev_tick_time, i_prev_tick_seq: begin of the batch; i_min_count,
--     i_min_interval: minimal size; one of them is enough; null: no such condition.
-- Returns: id, time and event sequence of the tick, all null if there is none yet.
-- May be called by: pgq_reader.
create or replace function pgq.find_tick_helper(
    i_queue_id int4,
    i_prev_tick_id bigint,
    i_prev_tick_time timestamptz,
    i_prev_tick_seq bigint,
    i_min_count bigint,
    i_min_interval interval,
    out next_tick_id bigint,
    out next_tick_time timestamptz,
    out next_tick_seq bigint)
returns record
language plpgsql
stable
as $$
declare
    _newest pgq.tick;
    _count int8;
    _time interval;
begin
    select * into _newest
    from pgq.tick
    where tick_queue = i_queue_id and tick_id > i_prev_tick_id
    order by tick_id desc limit 1;
    if not found then
        return;
    end if;
    _count := _newest.tick_event_seq - i_prev_tick_seq;
    _time := _newest.tick_time - i_prev_tick_time;

    if coalesce(_count > i_min_count * 2, false) or coalesce(_time > i_min_interval * 2, false) then
        select tick_id, tick_time, tick_event_seq into next_tick_id, next_tick_time, next_tick_seq
        from pgq.tick
        where tick_queue = i_queue_id
          and tick_id > i_prev_tick_id
          and (tick_event_seq - i_prev_tick_seq >= i_min_count or tick_time - i_prev_tick_time >= i_min_interval)
        order by tick_id limit 1;
    elsif coalesce(_count >= i_min_count, false) or coalesce(_time >= i_min_interval, false) then
        next_tick_id := _newest.tick_id;
        next_tick_time := _newest.tick_time;
        next_tick_seq := _newest.tick_event_seq;
    end if;
end
$$;
