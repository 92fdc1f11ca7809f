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
    _lanes int4 := trunkline._lanes(_sub, _delivery.main_consumer);
    _event pgq.event_template;
    _first record;
    _count int4 := _delivery.events - _delivery.nacked;
    _failed int8;
    -- hashes of keys with a failed event, as names
    _waiting jsonb := '{}';
begin
    if _delivery.parked is not null then
        for _first in
            select p.ev_id, p.park_id
            from (select distinct on (o.hash) o.ev_id, o.park_id
                  from trunkline.parked_event o
                  where o.park_id = any (_delivery.parked)
                  order by o.hash, o.park_id) p
            order by p.park_id
        loop
            _delivery := trunkline._fail_parked(_sub, _delivery, _first.ev_id, nack_all.reason, nack_all.delay, false);
        end loop;
        -- what is behind a dead one is not done
        _delivery.parked := '{}';
    else
        for _event in
            select e.* from trunkline._batch_events(
                _sub, _delivery, _lanes, _delivery.after_id, _delivery.upto_id, 9223372036854775807) e
        loop
            continue when _event.ev_retry is null and _event.ev_time < _delivery.oldest;
            if _waiting ? trunkline._event_hash(_event)::text then
                perform trunkline._park_in_order(_sub, _delivery, _event, _event.ev_retry);
                continue;
            end if;
            _failed := _delivery.retried_total;
            _delivery := trunkline._fail_part_event(
                _sub, _delivery, _lanes, _event, nack_all.reason, nack_all.delay, false, false);
            if _lanes is not null and _event.ev_extra4 is not null and _delivery.retried_total > _failed then
                _waiting := _waiting || jsonb_build_object(trunkline._event_hash(_event)::text, null);
            end if;
        end loop;
    end if;
    _delivery.nacked := _delivery.events;
    perform trunkline._done(_delivery);
    return _count;
end
$$;
