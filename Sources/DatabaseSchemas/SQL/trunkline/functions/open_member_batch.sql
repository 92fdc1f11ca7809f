-- Opens the next batch for an attached member of a cooperative consumer, or returns its open one again.
--
-- Batches of dead members come first, if the group has a dead interval (see set_member_timeout()), and under a new id. Otherwise
-- as many ticks are joined as fit into i_max_events; a batch always has at least one tick.
--
-- Parameters: i_queue_name, i_consumer_name, i_member, i_lease: see attach_member(); i_max_events: upper limit of events to join
--     ticks for (by the estimate of the event sequence).
-- Returns: batch_id, ids of the ticks at its end and its beginning, their times, and the query that reads the events, see open_batch();
--     all null if there is no batch, or the group is paused.
-- Errors: those of _check_consumer_right(); lost lease (TL001); see pgq_coop.next_batch_custom().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.open_member_batch(
    i_queue_name text,
    i_consumer_name text,
    i_member text,
    i_lease bigint,
    i_max_events bigint,
    out batch_id bigint,
    out cur_tick_id bigint,
    out prev_tick_id bigint,
    out cur_tick_time timestamptz,
    out prev_tick_time timestamptz,
    out batch_sql text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _dead_interval interval;
    _main pgq.subscription;
    _before int8;
    _first_seq int8;
    _next int8;
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    perform trunkline._check_member(i_queue_name, i_consumer_name, i_member, i_lease, false);
    select g.dead_interval into _dead_interval from trunkline.member_group g
    where g.queue_name = i_queue_name and g.consumer_name = i_consumer_name;
    if not pgq_coop._has_work(i_queue_name, i_consumer_name, i_member, _dead_interval) then
        return;
    end if;

    _main := pgq_coop._lock_group(i_queue_name, i_consumer_name);
    _before := _main.sub_last_tick;
    perform trunkline._check_member(i_queue_name, i_consumer_name, i_member, i_lease, true);
    if _dead_interval is not null then
        perform trunkline._release_dead_members(i_queue_name, i_consumer_name, _dead_interval, i_member);
    end if;
    batch_id := pgq_coop.next_batch_custom(i_queue_name, i_consumer_name, i_member, null, null, null, null);
    if batch_id is null then
        return;
    end if;

    select s.sub_last_tick into _main.sub_last_tick
    from pgq.subscription s
    where s.sub_queue = _main.sub_queue and s.sub_consumer = _main.sub_consumer;
    if _main.sub_last_tick <> _before then
        -- the last tick before the first one beyond the limit
        select t.tick_event_seq into _first_seq from pgq.tick t
        where t.tick_queue = _main.sub_queue and t.tick_id = _before;
        select t.tick_id into _next from pgq.tick t
        where t.tick_queue = _main.sub_queue and t.tick_id > _main.sub_last_tick
          and t.tick_event_seq - _first_seq > i_max_events
        order by t.tick_id limit 1;
        select t.tick_id into _next from pgq.tick t
        where t.tick_queue = _main.sub_queue and t.tick_id >= _main.sub_last_tick and (_next is null or t.tick_id < _next)
        order by t.tick_id desc limit 1;
        update pgq.subscription set sub_last_tick = _next
        where sub_queue = _main.sub_queue and sub_consumer = _main.sub_consumer;
        update pgq.subscription set sub_next_tick = _next where sub_batch = open_member_batch.batch_id;
    end if;

    select n.tick_id, l.tick_id, n.tick_time, l.tick_time
    into cur_tick_id, prev_tick_id, cur_tick_time, prev_tick_time
    from pgq.subscription s
    left join pgq.tick n on n.tick_queue = s.sub_queue and n.tick_id = s.sub_next_tick
    left join pgq.tick l on l.tick_queue = s.sub_queue and l.tick_id = s.sub_last_tick
    where s.sub_batch = open_member_batch.batch_id;
    batch_sql := trunkline._batch_query(i_queue_name, i_consumer_name, i_member, i_lease, batch_id);
end
$$;
