-- Registers a consumer at a given tick, or moves a registered one there. An open batch is closed without being finished.
--
-- Parameters: x_queue_name: name of the queue; x_consumer_name: name of the consumer; x_tick_pos: the tick after which it
--     will receive events; null: the newest tick for a new consumer, no change for a registered one.
-- Returns: 1 if it was registered, 0 if it was already.
-- Errors: no such queue, no such tick (any more), the queue has no ticks at all and they come from elsewhere.
-- May be called by: pgq_reader.
create or replace function pgq.register_consumer_at(x_queue_name text, x_consumer_name text, x_tick_pos bigint)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _consumer_id int4;
    _sub pgq.subscription;
    _tick_id int8;
begin
    -- a table switch may not decide at this moment which ticks and events are still needed: it locks this row, too
    select * into _queue from pgq.queue where queue_name = x_queue_name for share;
    if not found then
        raise exception 'Event queue not created yet'
            using detail = format('Queue "%s" does not exist.', x_queue_name),
                  hint = 'Create it with pgq.create_queue().';
    end if;

    if x_tick_pos is not null then
        perform 1 from pgq.tick where tick_queue = _queue.queue_id and tick_id = x_tick_pos;
        if not found then
            raise exception 'cannot reposition, tick not found: %', x_tick_pos
                using detail = format('Queue "%s" has no such tick, or none any more.', x_queue_name);
        end if;
    end if;

    -- the row may be removed at this moment: then it is registered anew, below
    select s.* into _sub
    from pgq.subscription s join pgq.consumer c on c.co_id = s.sub_consumer
    where s.sub_queue = _queue.queue_id and c.co_name = x_consumer_name;
    if x_tick_pos is not null then
        if _sub.sub_lane > 0 then
            raise exception 'consumer "%" is a lane', x_consumer_name
                using errcode = 'object_not_in_prerequisite_state', hint = 'Move the consumer that it belongs to.';
        end if;
        -- of lanes, all move together
        update pgq.subscription s
        set sub_last_tick = x_tick_pos, sub_batch = null, sub_next_tick = null, sub_active = now()
        from pgq.consumer c
        where c.co_name = x_consumer_name and s.sub_queue = _queue.queue_id
          and (s.sub_consumer = c.co_id
               or s.sub_id = _sub.sub_id and s.sub_lane is not null and _sub.sub_lane is not null);
    end if;
    if found then
        return 0;
    end if;

    _consumer_id := pgq._consumer_id(x_consumer_name);

    _tick_id := x_tick_pos;
    if _tick_id is null then
        select tick_id into _tick_id
        from pgq.tick where tick_queue = _queue.queue_id order by tick_id desc limit 1;
    end if;
    if _tick_id is null then
        -- rotation removed every tick of a queue that had no consumer
        if _queue.queue_external_ticker or _queue.queue_ticker_paused then
            raise exception 'No ticks for this queue.  Please run ticker on database.'
                using detail = format('Ticks of queue "%s" come from elsewhere or are paused.', x_queue_name);
        end if;
        perform pgq._lock_queue(_queue.queue_id);
        _tick_id := (pgq._write_tick(_queue.queue_id, x_queue_name, null, null, null)).tick_id;
    end if;

    insert into pgq.subscription (sub_queue, sub_consumer, sub_last_tick)
    values (_queue.queue_id, _consumer_id, _tick_id)
    on conflict (sub_queue, sub_consumer) do nothing;
    return case when found then 1 else 0 end;
end
$$;
