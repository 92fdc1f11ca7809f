-- As trunkline.nack(), for an event of the open batch of an attached consumer; see trunkline.open_batch(). The batch must still be
-- closed.
--
-- Parameters: queue, consumer, lease: see attach_consumer(); batch_id: the open batch; event_id: the event; reason, delay, dead: see
--     trunkline.nack().
-- Returns: 'retry' or 'dead'. The same again for an event that waits or is dead already; nothing changes then.
-- Errors: those of _check_consumer_right(); lost lease (TL001); the batch is not open (object_not_in_prerequisite_state); it has no
--     such event (invalid_parameter_value).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.fail_event(
    queue text, consumer text, lease bigint, batch_id bigint, event_id bigint,
    reason text default null, delay interval default null, dead bool default false)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription := trunkline._check_consumer_right(fail_event.queue, fail_event.consumer);
begin
    perform trunkline._check_lease(fail_event.queue, fail_event.consumer, fail_event.lease, true);
    perform trunkline._check_batch(fail_event.queue, fail_event.consumer, fail_event.batch_id);
    return trunkline._fail_batch_event(
        _sub, _sub.sub_consumer, fail_event.batch_id, fail_event.event_id, fail_event.reason, fail_event.delay, fail_event.dead);
end
$$;
