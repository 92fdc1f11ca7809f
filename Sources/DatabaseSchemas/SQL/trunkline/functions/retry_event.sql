-- Puts one event of the open batch aside; it comes back to this consumer alone after the delay.
--
-- Parameters: i_queue_name, i_consumer_name, i_lease: see attach_consumer(); i_batch_id: the open batch; i_event_id: the event;
--     i_seconds: the delay.
-- Returns: 1, or 0 if the event was put aside already.
-- Errors: those of _check_consumer_right(); lost lease (TL001); the batch is not open; no such event in the batch.
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.retry_event(
    i_queue_name text, i_consumer_name text, i_lease bigint, i_batch_id bigint, i_event_id bigint, i_seconds int)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    perform trunkline._check_lease(i_queue_name, i_consumer_name, i_lease, true);
    -- nobody evicts or moves the consumer between the check and what follows
    perform 1 from pgq.subscription where sub_batch = i_batch_id for no key update;
    perform trunkline._check_batch(i_queue_name, i_consumer_name, i_batch_id);
    return pgq.event_retry(i_batch_id, i_event_id, i_seconds);
end
$$;
