-- Finishes the open batch of an attached consumer: its position moves to the end of the batch.
--
-- Parameters: i_queue_name, i_consumer_name, i_lease: see attach_consumer(); i_batch_id: the open batch.
-- Returns: 1.
-- Errors: those of _check_consumer_right(); lost lease (TL001); the batch is not open (object_not_in_prerequisite_state).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.close_batch(
    i_queue_name text, i_consumer_name text, i_lease bigint, i_batch_id bigint)
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
    return pgq.finish_batch(i_batch_id);
end
$$;
