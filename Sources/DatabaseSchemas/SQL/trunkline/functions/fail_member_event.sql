-- As trunkline.nack(), for an event of the open batch of an attached member; see trunkline.open_member_batch(). The batch must still
-- be closed; after the delay the event comes back to whichever member of the group.
--
-- Parameters: queue, consumer, member, lease: see attach_member(); batch_id: the open batch; event_id: the event; reason, delay, dead:
--     see trunkline.nack().
-- Returns, errors: see trunkline.fail_event().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.fail_member_event(
    queue text, consumer text, member text, lease bigint, batch_id bigint, event_id bigint,
    reason text default null, delay interval default null, dead bool default false)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _main pgq.subscription := trunkline._check_consumer_right(fail_member_event.queue, fail_member_event.consumer);
    _member pgq.subscription := trunkline._check_member(
        fail_member_event.queue, fail_member_event.consumer, fail_member_event.member, fail_member_event.lease, true);
begin
    perform trunkline._check_member_batch(_member, fail_member_event.batch_id);
    return trunkline._fail_batch_event(
        _member, _main.sub_consumer, fail_member_event.batch_id, fail_member_event.event_id,
        fail_member_event.reason, fail_member_event.delay, fail_member_event.dead);
end
$$;
