-- Registers a consumer on a queue, at the newest tick: it will receive events that are inserted from now on.
--
-- Parameters: x_queue_name: name of the queue; x_consumer_id: name of the consumer.
-- Returns: 1 if it was registered, 0 if it was already.
-- Errors: see pgq.register_consumer_at().
-- May be called by: pgq_reader.
create or replace function pgq.register_consumer(x_queue_name text, x_consumer_id text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq.register_consumer_at(x_queue_name, x_consumer_id, null);
end
$$;
