-- Acknowledges the received events up to one of them, except those that failed with nack(), and gives back the others, like
-- trunkline.release(): for receivers that stop in the middle of what they received.
--
-- Parameters: receipt: of trunkline.receive(); event_id: the last event that was worked on, in the order in which receive() returned
--     them.
-- Returns: number of events acknowledged.
-- Errors: see _hold_receipt().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.ack_until(receipt bigint, event_id bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(ack_until.receipt);
    _sub pgq.subscription := trunkline._hold_sub(_delivery);
    _rest int8;
    _gone int4;
    _parked int8[];
begin
    if _delivery.parked is not null then
        select array_agg(p.park_id) into _parked
        from trunkline.parked_event p
        where p.park_id = any (_delivery.parked)
          and p.park_id > (
              select max(l.park_id) from trunkline.parked_event l
              where l.park_id = any (_delivery.parked) and l.ev_id = ack_until.event_id);
        if _parked is null then
            return trunkline.ack(ack_until.receipt);
        end if;
        _rest := cardinality(_parked);
        select array_agg(x) into _delivery.parked from unnest(_delivery.parked) x where x <> all (_parked);
        perform trunkline._done_parked(_delivery);
        _delivery.parked := _parked;
        _delivery.acked_total := _delivery.acked_total + _delivery.events - _delivery.nacked - _rest;
        perform trunkline._store_delivery(_delivery);
        perform trunkline.release(ack_until.receipt);
        return _delivery.events - _delivery.nacked - _rest;
    end if;

    select count(*) into _rest
    from trunkline._batch_events(
        _sub, _delivery, trunkline._lanes(_sub, _delivery.main_consumer), greatest(ack_until.event_id, _delivery.after_id), _delivery.upto_id, 9223372036854775807) e
    where e.ev_retry is not null or _delivery.oldest is null or e.ev_time >= _delivery.oldest;
    if _rest = 0 then
        return trunkline.ack(ack_until.receipt);
    end if;

    if _delivery.aside > 0 then
        delete from trunkline.set_aside a
        where a.batch_id = _delivery.batch_id and a.ev_id > _delivery.after_id and a.ev_id <= ack_until.event_id;
        get diagnostics _gone = row_count;
        _delivery.aside := _delivery.aside - _gone;
    end if;
    _delivery.after_id := greatest(ack_until.event_id, _delivery.after_id);
    _delivery.acked_total := _delivery.acked_total + _delivery.events - _delivery.nacked - _rest;
    perform trunkline._store_delivery(_delivery);
    perform trunkline.release(ack_until.receipt);
    return _delivery.events - _delivery.nacked - _rest;
end
$$;
