-- Registers a consumer on a queue, at the newest tick: it will receive events that are inserted from now on.
--
-- Parameters: x_queue_name: name of the queue; x_consumer_id: name of the consumer.
-- Returns: 1 if it was registered, 0 if it was already.
-- Errors: see pgq.register_consumer_at(); the consumer was evicted (trunkline.eviction).
-- May be called by: pgq_reader.
create or replace function pgq.register_consumer(x_queue_name text, x_consumer_id text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Clients call this whenever they start. One that was evicted must not just go on behind what it missed: it comes back when a
    -- position is named, with register_consumer_at() or trunkline.register().
    if to_regprocedure('trunkline._check_eviction(text,text)') is not null then
        execute 'select trunkline._check_eviction($1, $2)' using x_queue_name, x_consumer_id;
    end if;
    return pgq.register_consumer_at(x_queue_name, x_consumer_id, null);
end
$$;
