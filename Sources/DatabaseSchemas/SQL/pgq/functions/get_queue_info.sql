-- Settings and state of queues.
--
-- Parameters: i_queue_name: name of the queue; null or left out: all of them.
-- Returns: a row per queue, ordered by name: its settings; ticker_lag: age of the last tick; ev_per_sec: rate over the last 20
--     ticks, null if there is only one; ev_new: about how many events there are since the last tick; last_tick_id.
-- May be called by: everybody.
create or replace function pgq.get_queue_info(
    i_queue_name text,
    out queue_name text,
    out queue_ntables integer,
    out queue_cur_table integer,
    out queue_rotation_period interval,
    out queue_switch_time timestamptz,
    out queue_external_ticker boolean,
    out queue_ticker_paused boolean,
    out queue_ticker_max_count integer,
    out queue_ticker_max_lag interval,
    out queue_ticker_idle_period interval,
    out ticker_lag interval,
    out ev_per_sec float8,
    out ev_new bigint,
    out last_tick_id bigint)
returns setof record
language plpgsql
as $$
begin
    return query
    select q.queue_name, q.queue_ntables, q.queue_cur_table, q.queue_rotation_period, q.queue_switch_time,
           q.queue_external_ticker, q.queue_ticker_paused, q.queue_ticker_max_count, q.queue_ticker_max_lag,
           q.queue_ticker_idle_period,
           now() - t.last_time,
           case when t.first_id < t.last_id and t.last_time > t.first_time
                then (t.last_seq - t.first_seq) / extract(epoch from t.last_time - t.first_time)::float8 end,
           coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0) - t.last_seq,
           t.last_id
    from pgq.queue q
    left join lateral (
        select max(r.tick_id) as last_id, min(r.tick_id) as first_id,
               max(r.tick_time) as last_time, min(r.tick_time) as first_time,
               max(r.tick_event_seq) as last_seq, min(r.tick_event_seq) as first_seq
        from (
            select tick_id, tick_time, tick_event_seq
            from pgq.tick where tick_queue = q.queue_id order by tick_id desc limit 20
        ) r
    ) t on true
    where i_queue_name is null or q.queue_name = i_queue_name
    order by q.queue_name;
end
$$;

create or replace function pgq.get_queue_info(
    out queue_name text,
    out queue_ntables integer,
    out queue_cur_table integer,
    out queue_rotation_period interval,
    out queue_switch_time timestamptz,
    out queue_external_ticker boolean,
    out queue_ticker_paused boolean,
    out queue_ticker_max_count integer,
    out queue_ticker_max_lag interval,
    out queue_ticker_idle_period interval,
    out ticker_lag interval,
    out ev_per_sec float8,
    out ev_new bigint,
    out last_tick_id bigint)
returns setof record
language plpgsql
as $$
begin
    return query select * from pgq.get_queue_info(null);
end
$$;
