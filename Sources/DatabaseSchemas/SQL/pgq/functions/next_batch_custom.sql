-- Opens the next batch of a consumer, or returns the open one again unchanged.
--
-- The row of the subscription is locked while a batch is opened, so that two processes with the same consumer name get the
-- same batch and none of them loses its batch id unnoticed.
--
-- Parameters: i_queue_name: name of the queue; i_consumer_name: name of the consumer; i_min_lag: the batch must end at least
--     this long ago; i_min_count, i_min_interval: join ticks until there are that many events, or that much time, in the
--     batch. Null: no such condition.
-- Returns: batch_id; cur_ and prev_: id, time and event sequence of the ticks at the end and the beginning of the batch. All
--     null if there is no batch yet, or the consumer is paused (sub_paused). The event sequences are estimates and do not say that a
--     batch is empty.
-- Errors: consumer is not registered on the queue, or was evicted from it; its tick is gone; its events are delivered in lanes
--     (object_not_in_prerequisite_state).
-- May be called by: pgq_reader.
create or replace function pgq.next_batch_custom(
    i_queue_name text,
    i_consumer_name text,
    i_min_lag interval,
    i_min_count int4,
    i_min_interval interval,
    out batch_id bigint,
    out cur_tick_id bigint,
    out prev_tick_id bigint,
    out cur_tick_time timestamptz,
    out prev_tick_time timestamptz,
    out cur_tick_event_seq bigint,
    out prev_tick_event_seq bigint)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _locked bool := false;
    _next_tick int8;
begin
    -- looked at twice: without a lock, as there often is no new tick, and again with the row locked
    loop
        if not _locked then
            select s.* into _sub
            from pgq.subscription s
            join pgq.queue q on q.queue_id = s.sub_queue
            join pgq.consumer c on c.co_id = s.sub_consumer
            where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
        else
            select s.* into _sub
            from pgq.subscription s
            where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer
            for no key update;
        end if;
        if not found then
            -- one that was removed for exceeding its limits is told so
            if to_regprocedure('trunkline._check_eviction(text,text)') is not null then
                execute 'select trunkline._check_eviction($1, $2)' using i_queue_name, i_consumer_name;
            end if;
            raise exception 'Not subscriber to queue: %/%', coalesce(i_queue_name, 'NULL'), coalesce(i_consumer_name, 'NULL')
                using hint = 'Register the consumer with pgq.register_consumer().';
        end if;
        if _sub.sub_paused then
            return;
        end if;
        if _sub.sub_lane is not null then
            raise exception 'events of consumer "%" on queue "%" are delivered in lanes', i_consumer_name, i_queue_name
                using errcode = 'object_not_in_prerequisite_state',
                      hint = 'Receive them with trunkline.receive(), or take the lanes away: trunkline.set_consumer(), setting lanes.';
        end if;

        select t.tick_id, t.tick_time, t.tick_event_seq into prev_tick_id, prev_tick_time, prev_tick_event_seq
        from pgq.tick t
        where t.tick_queue = _sub.sub_queue and t.tick_id = _sub.sub_last_tick;
        if not found then
            raise exception 'PgQ corruption: Consumer % on queue % does not see tick %',
                    i_consumer_name, i_queue_name, _sub.sub_last_tick
                using errcode = 'data_corrupted',
                      hint = 'The events after that tick are gone, too. Move the consumer with pgq.register_consumer_at().';
        end if;

        if _sub.sub_batch is not null then
            select _sub.sub_batch, t.tick_id, t.tick_time, t.tick_event_seq
            into batch_id, cur_tick_id, cur_tick_time, cur_tick_event_seq
            from pgq.tick t
            where t.tick_queue = _sub.sub_queue and t.tick_id = _sub.sub_next_tick;
            return;
        end if;

        if i_min_count is null and i_min_interval is null then
            select t.tick_id, t.tick_time, t.tick_event_seq into cur_tick_id, cur_tick_time, cur_tick_event_seq
            from pgq.tick t
            where t.tick_queue = _sub.sub_queue and t.tick_id > _sub.sub_last_tick
            order by t.tick_id limit 1;
        else
            select f.next_tick_id, f.next_tick_time, f.next_tick_seq
            into cur_tick_id, cur_tick_time, cur_tick_event_seq
            from pgq.find_tick_helper(_sub.sub_queue, prev_tick_id, prev_tick_time, prev_tick_event_seq,
                                      i_min_count, i_min_interval) f;
        end if;
        if cur_tick_id is null or now() - cur_tick_time < i_min_lag then
            batch_id := null;
            cur_tick_id := null;
            prev_tick_id := null;
            cur_tick_time := null;
            prev_tick_time := null;
            cur_tick_event_seq := null;
            prev_tick_event_seq := null;
            return;
        end if;

        exit when _locked;
        _locked := true;
    end loop;

    batch_id := nextval('pgq.batch_id_seq');
    update pgq.subscription
    set sub_batch = next_batch_custom.batch_id, sub_next_tick = cur_tick_id, sub_active = now()
    where sub_queue = _sub.sub_queue and sub_consumer = _sub.sub_consumer;
end
$$;
