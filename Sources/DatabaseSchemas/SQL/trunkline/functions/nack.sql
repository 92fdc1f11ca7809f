-- Says that the work on one of the received events failed. The event is taken out of what the receipt acknowledges, and comes back
-- to this consumer alone after a while, or becomes a dead letter if this was its last attempt (setting max_attempts).
--
-- Of a consumer with lanes, later events of the same key wait behind it. Those that were received under the same receipt are taken
-- out of it, too: the caller must not work on them.
--
-- Parameters: receipt: of trunkline.receive(); event_id: of one of its events; reason: why, for people; delay: until the next attempt;
--     null: by the settings retry_delay and retry_max_delay; dead: give the event up now.
-- Returns: 'retry' or 'dead'. The same again for an event that failed under this receipt already; nothing changes then.
-- Errors: see _hold_receipt(); the receipt has no such event (invalid_parameter_value).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.nack(
    receipt bigint, event_id bigint, reason text default null, delay interval default null, dead bool default false)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(nack.receipt);
    _sub pgq.subscription := trunkline._hold_sub(_delivery);
    _lanes int4;
    _event pgq.event_template;
    _before int4 := _delivery.nacked;
begin
    if trunkline._outcome(_sub, _delivery, nack.event_id) is not null then
        return trunkline._outcome(_sub, _delivery, nack.event_id);
    end if;

    if _delivery.parked is not null then
        _delivery := trunkline._fail_parked(_sub, _delivery, nack.event_id, nack.reason, nack.delay, nack.dead);
    elsif nack.event_id > _delivery.after_id and nack.event_id <= _delivery.upto_id then
        _lanes := trunkline._lanes(_sub, _delivery.main_consumer);
        for _event in
            select e.* from trunkline._batch_events(_sub, _delivery, _lanes, nack.event_id - 1, nack.event_id, 1) e
        loop
            continue when _event.ev_retry is null and _event.ev_time < _delivery.oldest;
            _delivery := trunkline._fail_part_event(
                _sub, _delivery, _lanes, _event, nack.reason, nack.delay, nack.dead, true);
        end loop;
    end if;
    if _delivery.nacked = _before then
        raise exception 'event % was not received under receipt %', nack.event_id, nack.receipt
            using errcode = 'invalid_parameter_value', hint = 'Give an event_id that receive() returned with this receipt.';
    end if;
    perform trunkline._store_delivery(_delivery);
    return trunkline._outcome(_sub, _delivery, nack.event_id);
end
$$;
