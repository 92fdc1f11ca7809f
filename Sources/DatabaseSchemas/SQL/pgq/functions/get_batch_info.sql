-- Where an open batch begins and ends.
--
-- Parameters: x_batch_id: the batch.
-- Returns: queue_name; consumer_name; batch_start, batch_end: times of its ticks; prev_tick_id, tick_id: these ticks; lag: age of
--     its end; seq_start, seq_end: event sequence at these ticks. All null if there is no such batch.
-- May be called by: pgq_reader.
create or replace function pgq.get_batch_info(
    x_batch_id bigint,
    out queue_name text,
    out consumer_name text,
    out batch_start timestamptz,
    out batch_end timestamptz,
    out prev_tick_id bigint,
    out tick_id bigint,
    out lag interval,
    out seq_start bigint,
    out seq_end bigint)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select q.queue_name, c.co_name, last.tick_time, cur.tick_time, s.sub_last_tick, s.sub_next_tick,
           now() - cur.tick_time, last.tick_event_seq, cur.tick_event_seq
    into queue_name, consumer_name, batch_start, batch_end, prev_tick_id, tick_id, lag, seq_start, seq_end
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    join pgq.tick last on last.tick_queue = s.sub_queue and last.tick_id = s.sub_last_tick
    join pgq.tick cur on cur.tick_queue = s.sub_queue and cur.tick_id = s.sub_next_tick
    where s.sub_batch = x_batch_id;
end
$$;
