-- Finishes the open batch of an attached member.
--
-- Parameters: i_queue_name, i_consumer_name, i_member, i_lease: see attach_member(); i_batch_id: the open batch.
-- Returns: 1.
-- Errors: those of _check_consumer_right(); lost lease (TL001); the batch is not open (object_not_in_prerequisite_state).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.close_member_batch(
    i_queue_name text, i_consumer_name text, i_member text, i_lease bigint, i_batch_id bigint)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    perform trunkline._check_member_batch(
        trunkline._check_member(i_queue_name, i_consumer_name, i_member, i_lease, true), i_batch_id);
    return pgq_coop.finish_batch(i_batch_id);
end
$$;
