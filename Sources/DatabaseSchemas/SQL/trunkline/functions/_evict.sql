-- Removes a consumer that is beyond its limits, and remembers where it was and what it misses: table eviction.
--
-- It takes the locks that everybody takes who finishes, gives out or moves batches of the consumer, and looks again then; so a
-- consumer that has caught up in the meantime stays, and one that is in the middle of finishing a batch is left alone until
-- the next time.
--
-- Parameters: i_queue_name, i_consumer_name: the consumer, for groups and lanes the one that they belong to; i_reason: why it is
--     evicted though it may be within its limits; null: only if it is not.
-- Returns: null if it was evicted, or else why not.
-- May be called by: functions of this schema only.
create or replace function trunkline._evict(i_queue_name text, i_consumer_name text, i_reason text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _row record;
    _seen_at timestamptz;
    _kept record;
    _limits record;
    _excess text;
    _last record;
    _later int8;
begin
    -- the consumer first, then its members and lanes: the order of pgq_coop
    select s.* into _sub
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if not found then
        return 'It is not registered any more.';
    end if;
    begin
        perform 1 from pgq.subscription s
        where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer
        for update nowait;
        for _row in
            select s.sub_active from pgq.subscription s
            where s.sub_queue = _sub.sub_queue and s.sub_id = _sub.sub_id
            order by s.sub_consumer
            for update nowait
        loop
            _seen_at := greatest(_seen_at, _row.sub_active);
        end loop;
    exception
        when lock_not_available then
            return 'It was not evicted, because a transaction is working on its batch at this moment.';
    end;

    _limits := trunkline._consumer_settings(_sub.sub_queue, _sub.sub_consumer);
    _kept := trunkline._retention(_sub);
    _excess := coalesce(i_reason, trunkline._limit_excess(_kept.age, _kept.own_bytes, _limits.max_age, _limits.max_bytes));
    if _excess is null or (i_reason is null and _limits.on_limit <> 'evict') or _seen_at is null then
        return 'It was not evicted, because it is within its limits again.';
    end if;

    -- a limit for all consumers of a queue is not meant for those that stand for other nodes
    if i_reason is null and starts_with(i_consumer_name, '.') and not exists (
        select 1 from trunkline.consumer_setting s
        where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer and s.on_limit = 'evict')
    then
        return 'It was not evicted, because it stands for other nodes and on_limit is not set for it alone.';
    end if;

    select t.tick_id, t.tick_time into _last
    from pgq.tick t where t.tick_queue = _sub.sub_queue order by t.tick_id desc limit 1;
    -- what it would get later goes, too: retries and events that wait behind a failed one of their key
    select (select count(*) from pgq.retry_queue r where r.ev_owner = _sub.sub_id)
        + (select count(*) from trunkline.parked_event p
           where p.sub_queue = _sub.sub_queue and p.main_consumer = _sub.sub_consumer)
    into _later;
    delete from trunkline.eviction e where e.queue = i_queue_name and e.consumer = i_consumer_name;
    insert into trunkline.eviction (queue, consumer, last_tick, last_tick_time, end_tick, end_tick_time, events_estimate,
                                    reason, seen_at, queue_id, owner, settings)
    values (i_queue_name, i_consumer_name, _kept.tick_id, _kept.tick_time, _last.tick_id, _last.tick_time,
            _kept.events + _later, _excess, _seen_at, _sub.sub_queue,
            (select o.owner from trunkline.consumer_owner o
             where o.sub_queue = _sub.sub_queue and o.sub_consumer = _sub.sub_consumer),
            coalesce((select jsonb_strip_nulls(to_jsonb(s)) - array['sub_queue', 'sub_consumer']
                      from trunkline.consumer_setting s
                      where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer), '{}'));
    perform pgq.unregister_consumer(i_queue_name, i_consumer_name);
    -- who waits for events is told
    perform pg_notify('trunkline_tick', i_queue_name);
    raise warning 'consumer "%" was evicted from queue "%"', i_consumer_name, i_queue_name
        using detail = format('%s It was at tick %s (%s) and misses about %s events up to tick %s (%s).', _excess,
                              _kept.tick_id, _kept.tick_time, _kept.events + _later, _last.tick_id, _last.tick_time),
              hint = format('See trunkline.eviction. It comes back by: trunkline consumer register %s %s --from latest',
                            i_queue_name, i_consumer_name);
    return null;
end
$$;
