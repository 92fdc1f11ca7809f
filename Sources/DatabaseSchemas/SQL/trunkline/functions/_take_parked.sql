-- Hands out parked events of a lane that are due, or those that are handed out already, under a new receipt. Of each key it is the first
-- one; if that did not fail itself, also those behind it up to the next that did.
--
-- Parameters: i_sub: the subscription of the lane, locked; i_main: the consumer; i_lease_time: its setting; i_lanes: number of lanes;
--     i_max_events: upper limit of events; i_holder: the receiver.
-- Returns: the events, as of trunkline.receive(); none: there are none.
-- May be called by: functions of this schema only.
create or replace function trunkline._take_parked(
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
    _delivery trunkline.delivery := trunkline._load_delivery(i_sub, i_main);
    _again constant bool := _delivery.parked is not null;
    _count int4;
begin
    if not _again then
        select array_agg(c.park_id) into _delivery.parked
        from (
            select e.park_id
            from (
                select k.* from trunkline.parked_key k
                where k.sub_queue = i_sub.sub_queue and k.main_consumer = i_main
                  and k.due_at <= clock_timestamp() and trunkline._lane_of(k.hash, i_lanes) = i_sub.sub_lane
                order by k.due_at
                limit i_max_events
            ) k
            cross join lateral (
                select p.park_id, row_number() over (order by p.park_id) as place,
                       bool_or(p.ev_retry > 0) over (order by p.park_id) as has_failed
                from (
                    select o.park_id, o.ev_retry from trunkline.parked_event o
                    where o.sub_queue = k.sub_queue and o.main_consumer = k.main_consumer and o.hash = k.hash
                    order by o.park_id
                    limit i_max_events
                ) p
            ) e
            where e.place = 1 or e.has_failed is not true
            order by e.park_id
            limit i_max_events
        ) c;
        if _delivery.parked is null then
            return;
        end if;
        -- what failed had its wait; the next time begins with a failure
        update trunkline.parked_key k set due_at = '-infinity', is_announced = true
        where k.sub_queue = i_sub.sub_queue and k.main_consumer = i_main
          and k.hash in (select p.hash from trunkline.parked_event p where p.park_id = any (_delivery.parked));
    end if;

    _count := cardinality(_delivery.parked);
    _delivery.receipt := nextval('trunkline.receipt_seq');
    if _count = 0 then
        _delivery.parked := null; -- all failed before they were given back
        _delivery.lease_until := '-infinity';
        _delivery.holder := null;
    else
        _delivery.events := _count;
        _delivery.nacked := 0;
        _delivery.lease_until := clock_timestamp() + i_lease_time;
        _delivery.holder := i_holder;
    end if;
    perform trunkline._store_delivery(_delivery);
    return query
    select _delivery.receipt, p.ev_id, p.ev_type, p.ev_data, p.ev_extra4, p.ev_extra3, coalesce(p.ev_retry, 0) + 1, p.ev_time,
           p.ev_extra1, p.ev_extra2
    from trunkline.parked_event p
    where p.park_id = any (_delivery.parked)
    order by p.park_id;
end
$$;
