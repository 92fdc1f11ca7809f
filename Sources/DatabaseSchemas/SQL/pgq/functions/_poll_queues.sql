-- What a ticker needs to know, in one cheap query: for each queue that it serves, the last tick, what happened since, and
-- the settings that decide when the next one is due.
--
-- Returns: one row per queue that has neither an external nor a paused ticker: queue_name; last_tick_id and last_tick_time;
--     last_tick_gap: time between the last two ticks, null if there are less; last_tick_event_seq; event_seq: the event
--     sequence now; ticker_max_count, ticker_max_lag, ticker_idle_period: settings. The same in every row: poll_time: now();
--     snapshot_xmin: no older transaction is running; running_xids: transactions that are running.
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
    out poll_time timestamptz,
    out snapshot_xmin int8,
    out running_xids int8[])
returns setof record
language sql
stable
as $$
    select q.queue_name, t.tick_id, t.tick_time, t.tick_time - p.tick_time, t.tick_event_seq,
           coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0),
           q.queue_ticker_max_count, q.queue_ticker_max_lag, q.queue_ticker_idle_period,
           now(), s.xmin, s.running
    from pgq.queue q
    cross join (
        select txid_snapshot_xmin(txid_current_snapshot()) as xmin,
               array(select txid_snapshot_xip(txid_current_snapshot())) as running
    ) s
    left join lateral (
        select l.tick_id, l.tick_time, l.tick_event_seq
        from pgq.tick l where l.tick_queue = q.queue_id order by l.tick_id desc limit 1
    ) t on true
    left join lateral (
        select l.tick_time
        from pgq.tick l where l.tick_queue = q.queue_id and l.tick_id < t.tick_id order by l.tick_id desc limit 1
    ) p on true
    where not q.queue_external_ticker and not q.queue_ticker_paused
$$;
