-- What a ticker needs to know, in one cheap query: for each queue that it serves, the last tick, what happened since, and
-- the settings that decide when the next one is due.
--
-- Returns: one row per queue that has neither an external nor a paused ticker: queue_name; last_tick_id and last_tick_time;
--     last_tick_gap: time between the last two ticks, null if there are less; last_tick_event_seq; event_seq: the event
--     sequence now, null if it is gone; ticker_max_count, ticker_max_lag, ticker_idle_period: settings; consumer_lag: age
--     of the oldest tick that a consumer has still to begin with, of those who were active and had it offered within the
--     last minute, null if none waits; has_consumers: whether there are any. Neither counts the consumers that only mark
--     how far the nodes of a cascade are (.global_watermark, .NODE.watermark): they move every few minutes. The same in
--     every row: poll_time: now(); snapshot: which transactions have ended.
-- May be called by: pgq_admin.
create or replace function pgq._poll_queues(
    out queue_name text,
    out last_tick_id int8,
    out last_tick_time timestamptz,
    out last_tick_gap interval,
    out last_tick_event_seq int8,
    out event_seq int8,
    out ticker_max_count int4,
    out ticker_max_lag interval,
    out ticker_idle_period interval,
    out consumer_lag interval,
    out has_consumers bool,
    out poll_time timestamptz,
    out snapshot txid_snapshot)
returns setof record
language sql
stable
as $$
    select q.queue_name, t.tick_id, t.tick_time, t.tick_time - p.tick_time, t.tick_event_seq,
           -- a sequence that was dropped must not keep the other queues from being served
           case when to_regclass(q.queue_event_seq) is not null
                then coalesce(pg_sequence_last_value(to_regclass(q.queue_event_seq)), 0) end,
           q.queue_ticker_max_count, q.queue_ticker_max_lag, q.queue_ticker_idle_period,
           c.lag, exists (select 1 from pgq.subscription s join pgq.consumer o on o.co_id = s.sub_consumer
                          where s.sub_queue = q.queue_id and left(o.co_name, 1) <> '.'),
           now(), txid_current_snapshot()
    from pgq.queue q
    left join lateral (
        select l.tick_id, l.tick_time, l.tick_event_seq
        from pgq.tick l where l.tick_queue = q.queue_id order by l.tick_id desc limit 1
    ) t on true
    left join lateral (
        select l.tick_time
        from pgq.tick l where l.tick_queue = q.queue_id and l.tick_id < t.tick_id order by l.tick_id desc limit 1
    ) p on true
    left join lateral (
        select max(now() - n.tick_time) as lag
        from pgq.subscription s
        join pgq.consumer o on o.co_id = s.sub_consumer
        cross join lateral (
            select l.tick_time
            from pgq.tick l
            where l.tick_queue = s.sub_queue and l.tick_id > greatest(s.sub_last_tick, s.sub_next_tick)
            order by l.tick_id limit 1
        ) n
        where s.sub_queue = q.queue_id and left(o.co_name, 1) <> '.'
          and s.sub_active > now() - interval '1 minute'
          and n.tick_time > now() - interval '1 minute'
    ) c on true
    where not q.queue_external_ticker and not q.queue_ticker_paused
$$;
