-- An event that was delivered from where it was parked failed again: it stays where it is and waits, with those of its key behind it, or
-- is dead, which lets the next one go.
--
-- Parameters: i_sub: the subscription of the lane; i_delivery: its row in trunkline.delivery; i_event_id: the event; i_reason, i_delay,
--     i_dead: see trunkline.nack().
-- Returns: the row in trunkline.delivery, without the events that are not handed out any more; not stored. Unchanged if the event
--     is not among them.
-- May be called by: functions of this schema only.
create or replace function trunkline._fail_parked(
    i_sub pgq.subscription, i_delivery trunkline.delivery, i_event_id bigint, i_reason text, i_delay interval, i_dead bool)
returns trunkline.delivery
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _parked trunkline.parked_event;
    _event pgq.event_template;
    _result record;
    _gone int8[];
begin
    select p.* into _parked from trunkline.parked_event p
    where p.park_id = any (i_delivery.parked) and p.ev_id = i_event_id
    order by p.park_id limit 1;
    if not found then
        return i_delivery;
    end if;
    _event.ev_id := _parked.ev_id;
    _event.ev_time := _parked.ev_time;
    _event.ev_txid := _parked.ev_txid;
    _event.ev_retry := _parked.ev_retry;
    _event.ev_type := _parked.ev_type;
    _event.ev_data := _parked.ev_data;
    _event.ev_extra1 := _parked.ev_extra1;
    _event.ev_extra2 := _parked.ev_extra2;
    _event.ev_extra3 := _parked.ev_extra3;
    _event.ev_extra4 := _parked.ev_extra4;
    _result := trunkline._fail_event(
        i_sub, i_delivery.main_consumer, _event, i_reason, i_delay, i_dead, i_delivery.receipt, null);
    if _result.retry_at is null then
        _gone := array[_parked.park_id];
        delete from trunkline.parked_event p where p.park_id = _parked.park_id;
        delete from trunkline.parked_key k
        where k.sub_queue = _parked.sub_queue and k.main_consumer = _parked.main_consumer and k.hash = _parked.hash
          and not exists (
              select 1 from trunkline.parked_event p
              where p.sub_queue = k.sub_queue and p.main_consumer = k.main_consumer and p.hash = k.hash);
        i_delivery.dead_total := i_delivery.dead_total + 1;
    else
        select array_agg(p.park_id) into _gone from trunkline.parked_event p
        where p.park_id = any (i_delivery.parked) and p.hash = _parked.hash and p.park_id >= _parked.park_id;
        update trunkline.parked_event p set ev_retry = _result.attempts where p.park_id = _parked.park_id;
        perform trunkline._park_key(i_sub, i_delivery.main_consumer, _parked.hash, _result.retry_at);
        i_delivery.retried_total := i_delivery.retried_total + 1;
    end if;
    select array_agg(x) into i_delivery.parked from unnest(i_delivery.parked) x where x <> all (_gone);
    i_delivery.parked := coalesce(i_delivery.parked, '{}');
    i_delivery.nacked := i_delivery.nacked + cardinality(_gone);
    return i_delivery;
end
$$;
