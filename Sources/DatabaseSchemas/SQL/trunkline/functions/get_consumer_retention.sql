-- What consumers keep from being removed, and their limits.
--
-- Parameters: queue, consumer: null: all. Groups and lanes are one row, under the name of the consumer.
-- Returns: a row per consumer: last_tick and its time: everything up to there is finished; age: for how long something waits for
--     it; own_bytes, events_estimate: what waits; holds_rotation, held_tables, held_bytes: the event tables that cannot be
--     emptied because of it, whole, whoever else needs them; max_age, max_bytes, on_limit: its limits, compared with age and
--     own_bytes; excess: what is beyond them, null: nothing.
-- May be called by: everybody.
create or replace function trunkline.get_consumer_retention(
    queue text default null,
    consumer text default null,
    out queue_name text,
    out consumer_name text,
    out last_tick bigint,
    out last_tick_time timestamptz,
    out age interval,
    out own_bytes bigint,
    out events_estimate bigint,
    out holds_rotation bool,
    out held_tables text[],
    out held_bytes bigint,
    out max_age interval,
    out max_bytes bigint,
    out on_limit text,
    out excess text)
returns setof record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select g.queue_name, g.consumer_name, r.tick_id, r.tick_time, r.age, r.own_bytes, r.events, r.holds_rotation,
           r.held_tables, r.held_bytes, l.max_age, l.max_bytes, l.on_limit,
           trunkline._limit_excess(r.age, r.own_bytes, l.max_age, l.max_bytes)
    from (
        -- the consumer that members and lanes belong to has the shortest name of those that share a sub_id
        select distinct on (s.sub_queue, s.sub_id) q.queue_name, c.co_name as consumer_name, s as sub
        from pgq.subscription s
        join pgq.queue q on q.queue_id = s.sub_queue
        join pgq.consumer c on c.co_id = s.sub_consumer
        where (get_consumer_retention.queue is null or q.queue_name = get_consumer_retention.queue)
        order by s.sub_queue, s.sub_id, length(c.co_name)
    ) g
    cross join lateral trunkline._consumer_settings((g.sub).sub_queue, (g.sub).sub_consumer) l
    cross join lateral trunkline._retention(g.sub) r
    where get_consumer_retention.consumer is null or g.consumer_name = get_consumer_retention.consumer
    order by 1, 2;
end
$$;
