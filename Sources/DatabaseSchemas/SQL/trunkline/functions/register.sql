-- Registers a consumer, which belongs to the caller. A consumer that was evicted gets back its owner and its settings, and with that
-- its limits; the record of the eviction is cleared.
--
-- Parameters: queue, consumer: names; start: 'latest': it receives events from now on; 'earliest': what is still there, too; or the
--     id of a tick that is still there. Left out: 'latest', but a consumer that was evicted is refused, so that programs that
--     register whenever they start do not just go on. Nothing is changed for a consumer that is registered already.
-- Returns: 1 if it was registered, 0 if it was already.
-- Errors: it was evicted and start is left out (object_not_in_prerequisite_state); no such queue (undefined_object), no such tick,
--     a bad start or name (invalid_parameter_value); insufficient_privilege.
-- May be called by: everybody with 'consume' on the queue.
create or replace function trunkline.register(queue text, consumer text, start text default null)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(register.queue, 'consume');
    _tick_id int8;
    _new int4;
    _sub pgq.subscription;
begin
    perform trunkline._check_consumer_name(_queue_id, register.queue, register.consumer);
    perform 1
    from pgq.subscription s join pgq.consumer c on c.co_id = s.sub_consumer
    where s.sub_queue = _queue_id and c.co_name = register.consumer;
    if found then
        perform trunkline._check_consumer_right(register.queue, register.consumer);
        return 0;
    end if;

    case
        when register.start is null then
            perform trunkline._check_eviction(register.queue, register.consumer);
        when register.start = 'latest' then
            null;
        when register.start = 'earliest' then
            -- no table switch may remove the tick before the consumer is at it
            perform 1 from pgq.queue q where q.queue_id = _queue_id for share;
            select min(t.tick_id) into _tick_id from pgq.tick t where t.tick_queue = _queue_id;
        when register.start ~ '^[0-9]{1,18}$' then
            _tick_id := register.start;
        else
            raise exception 'a consumer cannot start at "%"', register.start
                using errcode = 'invalid_parameter_value', hint = 'Give latest, earliest or the id of a tick.';
    end case;
    _new := pgq.register_consumer_at(register.queue, register.consumer, _tick_id);
    select s.* into strict _sub
    from pgq.subscription s join pgq.consumer c on c.co_id = s.sub_consumer
    where s.sub_queue = _queue_id and c.co_name = register.consumer;
    if _new = 1 then
        -- one that came back has its former owner
        insert into trunkline.consumer_owner (sub_queue, sub_consumer, owner)
        values (_sub.sub_queue, _sub.sub_consumer, trunkline._caller())
        on conflict do nothing;
    end if;
    -- somebody else may have registered it at the same moment
    perform trunkline._check_consumer_right(register.queue, register.consumer);
    return _new;
end
$$;
