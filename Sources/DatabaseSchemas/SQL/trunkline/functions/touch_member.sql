-- Says that a member is alive while it works on a batch. To be called outside of the transaction that does the work, several
-- times within the group's dead interval.
--
-- Parameters: i_queue_name, i_consumer_name, i_member, i_lease: see attach_member().
-- Returns: the open batch of the member; null if it has none.
-- Errors: those of _check_consumer_right(); lost lease (TL001).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.touch_member(
    i_queue_name text, i_consumer_name text, i_member text, i_lease bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    _member := trunkline._check_member(i_queue_name, i_consumer_name, i_member, i_lease, true);
    update pgq.subscription set sub_active = clock_timestamp()
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    return _member.sub_batch;
end
$$;
