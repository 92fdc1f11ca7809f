-- Hands out the next part of the open batch of a subscription that is locked, or the part that is handed out already, under a new
-- receipt. If nothing is left of the batch, it is finished.
--
-- Events of keys that are parked are parked behind these and not handed out.
--
-- Parameters: i_sub: the subscription with its batch; i_main: the consumer that it belongs to; i_lease_time: its setting; i_lanes: its
--     number of lanes, null: none; i_max_events: upper limit of events; i_holder: the member that asks.
-- Returns: the events, as of trunkline.receive(); none: the batch is finished.
-- May be called by: functions of this schema only.
create or replace function trunkline._take_part(
    i_sub pgq.subscription,
    i_main int4,
    i_lease_time interval,
    i_lanes int4,
    i_max_events int4,
    i_holder text)
returns table (
    receipt bigint, event_id bigint, type text, payload text, key text, headers text, attempt int, sent_at timestamptz,
    extra1 text, extra2 text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- batches up to about this size are read as a whole for each part, which is cheaper than to make a map
    _small constant int4 := 2000;
    _delivery trunkline.delivery := trunkline._load_delivery(i_sub, i_main);
    _event pgq.event_template;
    _ttl interval;
    _again bool;
    _is_full bool;
    _limit int8;
    _fetched int8;
    _last int8;
    _count int4;
    _size int8;
    _has_parked bool;
begin
    loop
        _again := _delivery.upto_id is not null;
        -- what was handed out once comes again, whatever was parked since
        _has_parked := i_lanes is not null and not _again and exists (
            select 1 from trunkline.parked_key k where k.sub_queue = i_sub.sub_queue and k.main_consumer = i_main);
        _is_full := false;
        _count := 0;
        _last := _delivery.after_id;
        if not _again then
            select now() - s.ttl into _delivery.oldest from trunkline.queue_setting s where s.queue_id = i_sub.sub_queue;
            _delivery.skipped := 0;
            if _delivery.mapped is null then
                select (n.tick_event_seq - l.tick_event_seq) / coalesce(i_lanes, 1) into _size
                from pgq.tick l, pgq.tick n
                where l.tick_queue = i_sub.sub_queue and l.tick_id = i_sub.sub_last_tick
                  and n.tick_queue = i_sub.sub_queue and n.tick_id = i_sub.sub_next_tick;
                if _size > greatest(_small, i_max_events) then
                    _delivery.mapped := trunkline._map_batch(i_sub.sub_batch, i_sub.sub_lane, i_lanes);
                end if;
            end if;
        end if;

        loop
            -- one more than asked for, to see whether there is more
            _limit := case when _again then 9223372036854775807 else i_max_events - _count + 1 end;
            _fetched := 0;
            for _event in
                select e.* from trunkline._batch_events(i_sub, _delivery, i_lanes, _last, _delivery.upto_id, _limit) e
            loop
                if not _again and _count >= i_max_events and _event.ev_id <> _last then
                    _is_full := true;
                    exit;
                end if;
                _last := _event.ev_id;
                _fetched := _fetched + 1;
                if _event.ev_retry is null and _event.ev_time < _delivery.oldest then
                    if not _again then
                        _delivery.skipped := _delivery.skipped + 1;
                    end if;
                    continue;
                end if;
                if _has_parked and exists (
                    select 1 from trunkline.parked_key k
                    where k.sub_queue = i_sub.sub_queue and k.main_consumer = i_main
                      and k.hash = trunkline._event_hash(_event))
                then
                    perform trunkline._park(i_sub, i_main, _event, _event.ev_retry);
                    perform trunkline._set_aside(i_sub.sub_batch, _event);
                    _delivery.aside := _delivery.aside + 1;
                    continue;
                end if;
                if receipt is null then
                    receipt := nextval('trunkline.receipt_seq');
                end if;
                _count := _count + 1;
                event_id := _event.ev_id;
                type := _event.ev_type;
                payload := _event.ev_data;
                key := _event.ev_extra4;
                headers := _event.ev_extra3;
                attempt := coalesce(_event.ev_retry, 0) + 1;
                sent_at := _event.ev_time;
                extra1 := _event.ev_extra1;
                extra2 := _event.ev_extra2;
                return next;
            end loop;
            exit when _again or _is_full or _fetched < _limit;
            _is_full := _count >= i_max_events;
            exit when _is_full;
        end loop;

        if not _again then
            _delivery.is_last := not _is_full;
            if _is_full and _delivery.mapped is null then
                execute format('select count(*) from (select 1 from (%s) e where %s and ev_id > %s limit %s) c',
                               pgq._batch_event_query(i_sub.sub_batch, 'ev_id, ev_extra4'),
                               trunkline._lane_condition(i_sub.sub_lane, i_lanes), _last, _small + 1)
                into _size;
                _delivery.mapped := _size > _small and trunkline._map_batch(i_sub.sub_batch, i_sub.sub_lane, i_lanes);
            end if;
        end if;
        exit when _count > 0;

        -- nothing to hand out: too old, or all of the part failed before it was given back
        _delivery.expired_total := _delivery.expired_total + _delivery.skipped;
        _delivery.skipped := 0;
        if _delivery.is_last then
            perform trunkline._finish_delivered(i_sub, _delivery);
            perform 1 from trunkline.delivery d
            where d.sub_queue = i_sub.sub_queue and d.sub_consumer = i_sub.sub_consumer;
            if found or _delivery.expired_total > 0 then
                _delivery.batch_id := null;
                _delivery.upto_id := null;
                _delivery.receipt := nextval('trunkline.receipt_seq');
                _delivery.lease_until := coalesce(_delivery.lease_until, '-infinity');
                perform trunkline._store_delivery(_delivery);
            end if;
            return;
        end if;
        _delivery.after_id := _delivery.upto_id;
        _delivery.upto_id := null;
    end loop;

    _delivery.receipt := receipt;
    if not _again then
        _delivery.upto_id := _last;
    end if;
    _delivery.events := _count;
    _delivery.nacked := 0;
    _delivery.lease_until := clock_timestamp() + i_lease_time;
    _delivery.holder := i_holder;
    perform trunkline._store_delivery(_delivery);
end
$$;
