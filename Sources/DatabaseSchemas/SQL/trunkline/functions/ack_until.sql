-- Acknowledges the received events up to one of them, except those that failed with nack(), and gives back the others, like
-- trunkline.release(): for receivers that stop in the middle of what they received.
--
-- Parameters: receipt: of trunkline.receive(); event_id: the last event to acknowledge, in the order in which receive() returned
--     them. It is none that failed.
-- Returns: number of events acknowledged.
-- Errors: see _hold_receipt(); the receipt has no such event (invalid_parameter_value).
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
    _is_there bool;
    _done int8[];
    _rest int8[];
    _count int8;
begin
    if _delivery.parked is not null then
        with place as (
            select max(p.park_id) as upto from trunkline.parked_event p
            where p.park_id = any (_delivery.parked) and p.ev_id = ack_until.event_id
        )
        select array_agg(u.park_id) filter (where u.park_id <= place.upto),
               array_agg(u.park_id order by u.park_id) filter (where u.park_id > place.upto)
        into _done, _rest
        from place, unnest(_delivery.parked) u (park_id);
        _is_there := _done is not null;
        _count := cardinality(_rest);
    else
        select bool_or(e.ev_id = ack_until.event_id), count(*) filter (where e.ev_id > ack_until.event_id)
        into _is_there, _count
        from trunkline._batch_events(
            _sub, _delivery, trunkline._lanes(_sub, _delivery.main_consumer), _delivery.after_id, _delivery.upto_id,
            9223372036854775807) e
        where e.ev_retry is not null or _delivery.oldest is null or e.ev_time >= _delivery.oldest;
    end if;
    if _is_there is not true then
        raise exception 'event % was not received under receipt %', ack_until.event_id, ack_until.receipt
            using errcode = 'invalid_parameter_value',
                  hint = 'Give an event_id that receive() returned with this receipt and that did not fail.';
    end if;
    if coalesce(_count, 0) = 0 then
        return trunkline.ack(ack_until.receipt);
    end if;

    if _delivery.parked is not null then
        _delivery.parked := _done;
        perform trunkline._done_parked(_delivery);
        _delivery.parked := _rest;
    else
        delete from trunkline.set_aside a
        where a.batch_id = _delivery.batch_id and a.ev_id <= ack_until.event_id;
        _delivery.aside := (select count(*) from trunkline.set_aside a where a.batch_id = _delivery.batch_id);
        _delivery.after_id := ack_until.event_id;
    end if;
    -- what is left counts as handed out; release() keeps that
    _count := _delivery.events - _delivery.nacked - _count;
    _delivery.acked_total := _delivery.acked_total + _count;
    _delivery.events := _delivery.events - _count;
    perform trunkline._store_delivery(_delivery);
    perform trunkline.release(ack_until.receipt);
    return _count;
end
$$;
