-- Says that the work on all received events failed that did not fail with nack() yet, and is done with the receipt: nothing of it is
-- left to acknowledge. Each event counts an attempt; of a consumer with lanes, only the first of each key does.
--
-- Parameters: receipt: of trunkline.receive(); reason, delay: see trunkline.nack().
-- Returns: number of events that failed.
-- Errors: see _hold_receipt().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.nack_all(receipt bigint, reason text default null, delay interval default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(nack_all.receipt);
    _sub pgq.subscription := trunkline._hold_sub(_delivery);
    _event pgq.event_template;
    _result record;
    _count int4 := 0;
begin
    for _event in
        select e.* from trunkline._batch_events(
            _sub, _delivery, null, _delivery.after_id, _delivery.upto_id, 9223372036854775807) e
    loop
        continue when _event.ev_retry is null and _event.ev_time < _delivery.oldest;
        _result := trunkline._fail_event(
            _sub, _delivery.main_consumer, _event, nack_all.reason, nack_all.delay, false, nack_all.receipt);
        if _result.retry_at is null then
            _delivery.dead_total := _delivery.dead_total + 1;
        else
            perform trunkline._retry_later(_sub, _event, _result.attempts, _result.retry_at);
            _delivery.retried_total := _delivery.retried_total + 1;
        end if;
        _count := _count + 1;
    end loop;
    _delivery.nacked := _delivery.events;
    perform trunkline._done(_delivery);
    return _count;
end
$$;
