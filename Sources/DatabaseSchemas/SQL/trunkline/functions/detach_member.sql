-- Ends the work of a member. Its open batch is given to the others; without one the member is unregistered at once.
--
-- Parameters: i_queue_name, i_consumer_name, i_member, i_lease: see attach_member().
-- Returns: 1 if a batch was given to the others, 0 if there was none.
-- Errors: those of _check_consumer_right(); lost lease (TL001).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.detach_member(
    i_queue_name text, i_consumer_name text, i_member text, i_lease bigint)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    perform pgq_coop._lock_group(i_queue_name, i_consumer_name);
    _member := trunkline._check_member(i_queue_name, i_consumer_name, i_member, i_lease, true);
    if _member.sub_batch is null then
        perform pgq_coop.unregister_subconsumer(i_queue_name, i_consumer_name, i_member, 0);
        return 0;
    end if;
    delete from trunkline.member_lease
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    perform pgq_coop._release_batch(_member);
    perform trunkline._batch_released(_member);
    return 1;
end
$$;
