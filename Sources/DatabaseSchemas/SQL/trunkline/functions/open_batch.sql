-- Opens the next batch of an attached consumer, or returns the open one again unchanged.
--
-- Unlike pgq.next_batch(), which ends a batch at the very next tick, this joins as many ticks as fit into i_max_events, so a
-- consumer that is behind catches up quickly; a batch always has at least one tick, however large that is.
--
-- Parameters: i_queue_name, i_consumer_name, i_lease: see attach_consumer(); i_max_events: upper limit of events to join ticks
--     for (by the estimate of the event sequence).
-- Returns: as pgq.next_batch_info(), then batch_sql, the query that reads the events; all null if there is no batch yet, or the
--     consumer is paused. For callers that may not read the event tables (pgq_reader) the query calls read_batch().
-- Errors: those of _check_consumer_right(); lost lease (TL001); the consumer's tick is gone.
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.open_batch(
    i_queue_name text,
    i_consumer_name text,
    i_lease bigint,
    i_max_events bigint,
    out batch_id bigint,
    out cur_tick_id bigint,
    out prev_tick_id bigint,
    out cur_tick_time timestamptz,
    out prev_tick_time timestamptz,
    out cur_tick_event_seq bigint,
    out prev_tick_event_seq bigint,
    out batch_sql text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription := trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    _prev pgq.tick;
    _next int8;
begin
    perform trunkline._check_lease(i_queue_name, i_consumer_name, i_lease, false);

    if _sub.sub_batch is null and _sub.sub_last_tick is not null then
        -- nothing new: the common answer, without a lock on the subscription
        select t.tick_id into _next from pgq.tick t
        where t.tick_queue = _sub.sub_queue and t.tick_id > _sub.sub_last_tick
        order by t.tick_id limit 1;
        if _next is null and exists (
            select 1 from pgq.tick t where t.tick_queue = _sub.sub_queue and t.tick_id = _sub.sub_last_tick)
        then
            return;
        end if;
    end if;

    -- opens the batch at the next tick, with all the checks and the row lock of the original interface
    select b.batch_id, b.cur_tick_id, b.prev_tick_id, b.cur_tick_time, b.prev_tick_time,
           b.cur_tick_event_seq, b.prev_tick_event_seq
    into batch_id, cur_tick_id, prev_tick_id, cur_tick_time, prev_tick_time, cur_tick_event_seq, prev_tick_event_seq
    from pgq.next_batch_custom(i_queue_name, i_consumer_name, null, null, null) b;
    if batch_id is null then
        return;
    end if;

    if _sub.sub_batch is null then
        -- The last tick before the first one beyond the limit. Event sequences only rise, so this looks at no more ticks
        -- than the batch joins, however many wait.
        select t.tick_id into _next from pgq.tick t
        where t.tick_queue = _sub.sub_queue and t.tick_id > open_batch.cur_tick_id
          and t.tick_event_seq - open_batch.prev_tick_event_seq > i_max_events
        order by t.tick_id limit 1;
        select t.tick_id, t.tick_time, t.tick_event_seq into cur_tick_id, cur_tick_time, cur_tick_event_seq
        from pgq.tick t
        where t.tick_queue = _sub.sub_queue and t.tick_id >= open_batch.cur_tick_id and (_next is null or t.tick_id < _next)
        order by t.tick_id desc limit 1;
        update pgq.subscription set sub_next_tick = open_batch.cur_tick_id where sub_batch = open_batch.batch_id;
    end if;

    batch_sql := trunkline._batch_query(i_queue_name, i_consumer_name, null, i_lease, batch_id);
end
$$;
