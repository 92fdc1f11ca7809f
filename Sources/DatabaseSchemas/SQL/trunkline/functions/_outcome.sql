-- What became of an event that failed under a receipt.
--
-- Parameters: i_sub: the subscription; i_delivery: its row in trunkline.delivery; i_event_id: the event.
-- Returns: 'dead' or 'retry'; also 'retry' for an event that waits behind another of its key; null: it did not fail.
-- May be called by: functions of this schema only.
create or replace function trunkline._outcome(i_sub pgq.subscription, i_delivery trunkline.delivery, i_event_id bigint)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _is_dead bool;
begin
    select f.is_dead into _is_dead from trunkline.failure f
    where f.sub_queue = i_sub.sub_queue and f.sub_id = i_sub.sub_id and f.ev_id = i_event_id and f.receipt = i_delivery.receipt
    limit 1;
    if found then
        return case when _is_dead then 'dead' else 'retry' end;
    end if;
    if i_delivery.parked is null then
        return case when i_delivery.nacked > 0 and exists (
            select 1 from trunkline.set_aside a where a.batch_id = i_delivery.batch_id and a.ev_id = i_event_id) then 'retry' end;
    end if;
    return case when i_delivery.nacked > 0 and exists (
        select 1
        from trunkline.parked_event p
        join trunkline.failure f on f.receipt = i_delivery.receipt and f.sub_queue = i_sub.sub_queue and f.sub_id = i_sub.sub_id
        join trunkline.parked_event h on h.ev_id = f.ev_id and h.hash = p.hash and h.park_id < p.park_id
            and h.sub_queue = p.sub_queue and h.main_consumer = p.main_consumer
        where p.sub_queue = i_sub.sub_queue and p.main_consumer = i_delivery.main_consumer and p.ev_id = i_event_id
          and p.park_id <> all (i_delivery.parked)) then 'retry' end;
end
$$;
