-- Makes the calling process the only one that works as this member, which is registered if it is not. The process that did so
-- before is refused from now on; its open batch comes with the member.
--
-- Parameters: i_queue_name, i_consumer_name, i_member: queue, main consumer and member; i_holder: who attaches, for people to
--     read.
-- Returns: the lease to pass to the other functions of members.
-- Errors: see pgq_coop.register_subconsumer().
-- May be called by: pgq_reader.
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
