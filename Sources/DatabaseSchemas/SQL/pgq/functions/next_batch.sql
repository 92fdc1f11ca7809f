-- Opens the next batch of a consumer, or returns the open one again.
--
-- Parameters: i_queue_name: name of the queue; i_consumer_name: name of the consumer.
-- Returns: batch id, or null if there is no batch yet.
-- Errors: see pgq.next_batch_custom().
-- May be called by: pgq_reader.
create or replace function pgq.next_batch(i_queue_name text, i_consumer_name text)
returns bigint
language plpgsql
as $$
begin
    return (select f.batch_id from pgq.next_batch_custom(i_queue_name, i_consumer_name, null, null, null) f);
end
$$;
