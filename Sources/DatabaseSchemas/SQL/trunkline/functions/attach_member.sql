-- Makes the calling process the only one that works as this member, which is registered if it is not, and so is
-- the consumer, for the caller. The process that did so before is refused from now on; its open batch comes with the member.
--
-- Parameters: i_queue_name, i_consumer_name, i_member: queue, main consumer and member; i_holder: who attaches, for people to
--     read.
-- Returns: the lease to pass to the other functions of members.
-- Errors: see register() and pgq_coop.register_subconsumer(); the consumer was evicted (object_not_in_prerequisite_state).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.attach_member(
    i_queue_name text, i_consumer_name text, i_member text, i_holder text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
    _lease int8;
begin
    perform 1
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if found then
        perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    else
        perform trunkline._find_queue(i_queue_name, 'consume');
        perform trunkline._check_eviction(i_queue_name, i_consumer_name);
        perform trunkline.register(i_queue_name, i_consumer_name);
    end if;
    -- holds the group locked, so nobody takes the member away before its row is
    perform pgq_coop.register_subconsumer(i_queue_name, i_consumer_name, i_member);
    _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_member);
    perform 1 from pgq.subscription
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer
    for no key update;

    -- a released batch that nobody took yet goes on here
    delete from pgq_coop.released_batch
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    update pgq.subscription set sub_active = clock_timestamp()
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    insert into trunkline.member_lease as l (sub_queue, sub_consumer, lease, holder)
    values (_member.sub_queue, _member.sub_consumer, nextval('trunkline.member_lease_seq'), i_holder)
    on conflict (sub_queue, sub_consumer) do update
    set lease = excluded.lease, holder = excluded.holder, attached_at = clock_timestamp()
    returning l.lease into _lease;
    return _lease;
end
$$;
