-- Acknowledges the events that were received under a receipt, except those that failed with nack(): the consumer never gets them again.
-- Called in the transaction of the work in the same database, work and acknowledgement happen together or not at all.
--
-- Parameters: receipt: of trunkline.receive().
-- Returns: number of events acknowledged.
-- Errors: see _hold_receipt().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.ack(receipt bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(ack.receipt);
begin
    perform trunkline._done(_delivery);
    return _delivery.events - _delivery.nacked;
end
$$;

-- Acknowledges the first of the received events, and gives the others back for the next who asks; no attempt is counted for these. For
-- receivers that stop in the middle of what they received.
--
-- Parameters: receipt: of trunkline.receive(); upto_event: the last event to acknowledge, in the order of delivery.
-- Returns: number of events acknowledged.
-- Errors: see _hold_receipt(); the event comes before the received ones (invalid_parameter_value).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.ack(receipt bigint, upto_event bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(ack.receipt);
    _aside int4;
begin
    if ack.upto_event >= _delivery.upto_id then
        return trunkline.ack(ack.receipt);
    end if;
    if ack.upto_event is null or ack.upto_event <= _delivery.after_id then
        raise exception 'event % was not received under receipt %', coalesce(ack.upto_event::text, 'null'), ack.receipt
            using errcode = 'invalid_parameter_value', hint = 'Give an event_id that receive() returned with this receipt.';
    end if;

    select count(*) filter (where not e.is_old), count(*) filter (where e.is_old)
    into _delivery.events, _delivery.skipped
    from (
        select b.ev_retry is null and coalesce(b.ev_time < _delivery.oldest, false) as is_old
        from trunkline._batch_events(
            trunkline._hold_sub(_delivery), _delivery, null, _delivery.after_id, ack.upto_event, 9223372036854775807) b
    ) e;
    select count(*) into _aside
    from trunkline.set_aside a where a.batch_id = _delivery.batch_id and a.ev_id > ack.upto_event;

    -- what is left becomes a part of its own at the next receive
    _delivery.nacked := 0;
    _delivery.upto_id := ack.upto_event;
    _delivery.is_last := false;
    perform trunkline._done(_delivery);
    update trunkline.delivery d set aside = _aside, lease_until = '-infinity', holder = null
    where d.sub_queue = _delivery.sub_queue and d.sub_consumer = _delivery.sub_consumer;
    perform pg_notify('trunkline_tick', q.queue_name) from pgq.queue q where q.queue_id = _delivery.sub_queue;
    return _delivery.events;
end
$$;
