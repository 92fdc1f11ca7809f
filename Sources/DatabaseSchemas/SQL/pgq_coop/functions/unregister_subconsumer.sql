-- Removes a member of a cooperative consumer; the others and the position of the group stay.
--
-- Parameters: i_queue_name, i_consumer_name, i_subconsumer_name: queue, main consumer and member; i_batch_handling: what to do
--     with an open batch: 0: refuse; 1: drop it, nobody in the group will see its events. trunkline.detach_member() gives it
--     to the others instead.
-- Returns: 1, or 0 if there is no such member.
-- Errors: the member has an open batch and i_batch_handling is 0.
-- May be called by: pgq_reader.
create or replace function pgq_coop.unregister_subconsumer(
    i_queue_name text,
    i_consumer_name text,
    i_subconsumer_name text,
    i_batch_handling integer)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
begin
    perform pgq_coop._lock_group(i_queue_name, i_consumer_name);
    _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_subconsumer_name);
    select * into _member
    from pgq.subscription
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer
    for update;
    if not found or _member.sub_lane is not null then
        return 0;
    end if;
    if _member.sub_batch is not null and i_batch_handling is distinct from 1 then
        raise exception 'subconsumer has active batch'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('Member "%s" of consumer "%s" on queue "%s" works on batch %s.',
                                  i_subconsumer_name, i_consumer_name, i_queue_name, _member.sub_batch),
                  hint = 'Let it finish the batch, or call this with batch handling 1, which loses the batch.';
    end if;
    delete from pgq.subscription where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    return 1;
end
$$;
