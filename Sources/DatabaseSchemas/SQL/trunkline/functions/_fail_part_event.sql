-- An event of the part of a batch that is handed out failed: it is set aside, and retried later, parked, or dead. With lanes, events of
-- its key that come later in the part are parked behind it.
--
-- Parameters: i_sub: the subscription; i_delivery: its row in trunkline.delivery; i_lanes: number of lanes, or null; i_event: the
--     event; i_reason, i_delay, i_dead: see trunkline.nack(); i_takes_later: look for later events of the key; false: the
--     caller does.
-- Returns: the row in trunkline.delivery with new counts; not stored.
-- May be called by: functions of this schema only.
create or replace function trunkline._fail_part_event(
    i_sub pgq.subscription,
    i_delivery trunkline.delivery,
    i_lanes int4,
    i_event pgq.event_template,
    i_reason text,
    i_delay interval,
    i_dead bool,
    i_takes_later bool)
returns trunkline.delivery
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _main constant int4 := i_delivery.main_consumer;
    _hash constant int8 := trunkline._event_hash(i_event);
    _result record;
    _later pgq.event_template;
begin
    _result := trunkline._fail_event(i_sub, _main, i_event, i_reason, i_delay, i_dead, i_delivery.receipt, null);
    perform trunkline._set_aside(i_delivery.batch_id, i_event);
    i_delivery.aside := i_delivery.aside + 1;
    i_delivery.nacked := i_delivery.nacked + 1;
    if _result.retry_at is null then
        i_delivery.dead_total := i_delivery.dead_total + 1;
        return i_delivery;
    end if;
    i_delivery.retried_total := i_delivery.retried_total + 1;
    if i_lanes is null then
        perform trunkline._retry_later(i_sub, i_event, _result.attempts, _result.retry_at);
        return i_delivery;
    end if;

    perform trunkline._park_key(i_sub, _main, _hash, _result.retry_at);
    perform trunkline._park_in_order(i_sub, i_delivery, i_event, _result.attempts);
    if i_event.ev_extra4 is not null and i_takes_later then
        for _later in
            select e.* from trunkline._batch_events(
                i_sub, i_delivery, i_lanes, i_event.ev_id, i_delivery.upto_id, 9223372036854775807) e
            where trunkline._event_hash(e) = _hash
        loop
            continue when _later.ev_retry is null and _later.ev_time < i_delivery.oldest;
            perform trunkline._park_in_order(i_sub, i_delivery, _later, _later.ev_retry);
            perform trunkline._set_aside(i_delivery.batch_id, _later);
            i_delivery.aside := i_delivery.aside + 1;
            i_delivery.nacked := i_delivery.nacked + 1;
        end loop;
    end if;
    return i_delivery;
end
$$;
