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
    _event pgq.event_template;
    _result record;
    _is_dead bool;
    _found int4 := 0;
begin
    select f.is_dead into _is_dead from trunkline.failure f
    where f.sub_queue = _sub.sub_queue and f.sub_id = _sub.sub_id and f.ev_id = nack.event_id and f.receipt = nack.receipt;
    if found then
        return case when _is_dead then 'dead' else 'retry' end;
    end if;

    if nack.event_id > _delivery.after_id and nack.event_id <= _delivery.upto_id then
        for _event in
            select e.* from trunkline._batch_events(_sub, _delivery, null, nack.event_id - 1, nack.event_id, 1) e
        loop
            continue when _event.ev_retry is null and _event.ev_time < _delivery.oldest;
            _result := trunkline._fail_event(
                _sub, _delivery.main_consumer, _event, nack.reason, nack.delay, nack.dead, nack.receipt);
            if _result.retry_at is not null then
                perform trunkline._retry_later(_sub, _event, _result.attempts, _result.retry_at);
            end if;
            _found := _found + 1;
        end loop;
    end if;
    if _found = 0 then
        raise exception 'event % was not received under receipt %', nack.event_id, nack.receipt
            using errcode = 'invalid_parameter_value', hint = 'Give an event_id that receive() returned with this receipt.';
    end if;

    insert into trunkline.set_aside (batch_id, ev_id) values (_delivery.batch_id, nack.event_id);
    _delivery.aside := _delivery.aside + 1;
    _delivery.nacked := _delivery.nacked + _found;
    if _result.retry_at is null then
        _delivery.dead_total := _delivery.dead_total + _found;
    else
        _delivery.retried_total := _delivery.retried_total + _found;
    end if;
    perform trunkline._store_delivery(_delivery);
    return case when _result.retry_at is null then 'dead' else 'retry' end;
end
$$;
