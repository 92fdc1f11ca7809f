-- Opens the next batch for a member of a cooperative consumer, or returns its open one again. Batches go to whoever asks
-- first, so members see events in no common order.
--
-- The group is locked while a batch is handed out. Where there is nothing to hand out, nothing is locked or written.
--
-- Parameters: i_queue_name, i_consumer_name, i_subconsumer_name: queue, main consumer and member; the latter two are registered
--     if they are not; i_min_lag, i_min_count, i_min_interval: see pgq.next_batch_custom(); i_dead_interval: remove one other
--     member that did nothing for so long, and go on with its batch, whose id stays the same; null or left out: none.
-- Returns: id of the batch; null if there is none, or the main consumer or the member is paused.
-- Errors: the main consumer works on a batch itself; see pgq.next_batch_custom() and pgq.register_consumer().
-- May be called by: pgq_reader.
create or replace function pgq_coop.next_batch_custom(
    i_queue_name text,
    i_consumer_name text,
    i_subconsumer_name text,
    i_min_lag interval,
    i_min_count int4,
    i_min_interval interval,
    i_dead_interval interval)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _main pgq.subscription;
    _member pgq.subscription;
    _batch record;
    _batch_id int8;
begin
    if not pgq_coop._has_work(i_queue_name, i_consumer_name, i_subconsumer_name, i_dead_interval) then
        return null;
    end if;

    _main := pgq_coop._lock_group(i_queue_name, i_consumer_name);
    _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_subconsumer_name);
    if _main.sub_id is null or _member.sub_id is null then
        perform pgq_coop.register_subconsumer(i_queue_name, i_consumer_name, i_subconsumer_name);
        _main := pgq_coop._lock_group(i_queue_name, i_consumer_name);
        _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_subconsumer_name);
    end if;
    if _main.sub_lane is not null then
        raise exception 'events of consumer "%" on queue "%" are delivered in lanes', i_consumer_name, i_queue_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Its receivers need no registration: trunkline.receive(queue, consumer, max_events, member).';
    end if;
    if _main.sub_batch is not null then
        raise exception 'main consumer has batch open?'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('Consumer "%s" on queue "%s" works on batch %s.',
                                  i_consumer_name, i_queue_name, _main.sub_batch),
                  hint = 'A process uses the name of the group with pgq.next_batch(); let it finish, then stop it.';
    end if;

    -- the row may have been released or finished since it was looked at
    select * into _member
    from pgq.subscription
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer
    for no key update;
    -- so may one of them have been paused
    if _main.sub_paused or _member.sub_paused then
        return null;
    end if;
    if _member.sub_batch is not null then
        delete from pgq_coop.released_batch
        where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
        update pgq.subscription set sub_active = now()
        where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
        return _member.sub_batch;
    end if;

    _batch_id := pgq_coop._take_batch(_main, _member, i_dead_interval);
    if _batch_id is not null then
        return _batch_id;
    end if;

    select * into _batch
    from pgq.next_batch_custom(i_queue_name, i_consumer_name, i_min_lag, i_min_count, i_min_interval);
    if _batch.batch_id is null then
        return null;
    end if;
    -- ids of open batches are unique at every moment, so the main consumer gives its own back first
    update pgq.subscription
    set sub_batch = null, sub_next_tick = null, sub_last_tick = _batch.cur_tick_id, sub_active = now()
    where sub_queue = _main.sub_queue and sub_consumer = _main.sub_consumer;
    update pgq.subscription
    set sub_batch = _batch.batch_id, sub_last_tick = _batch.prev_tick_id, sub_next_tick = _batch.cur_tick_id,
        sub_active = now()
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    return _batch.batch_id;
end
$$;

create or replace function pgq_coop.next_batch_custom(
    i_queue_name text,
    i_consumer_name text,
    i_subconsumer_name text,
    i_min_lag interval,
    i_min_count int4,
    i_min_interval interval)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq_coop.next_batch_custom(
        i_queue_name, i_consumer_name, i_subconsumer_name, i_min_lag, i_min_count, i_min_interval, null);
end
$$;
