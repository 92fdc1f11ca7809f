-- trunkline.receive() for a consumer with lanes. Whoever asks gets events of a lane that nobody works on, or of which the lease_time of
-- the receiver has run out.
--
-- Lanes that are locked at the moment are passed over. Lanes without events move on to the newest tick.
--
-- Parameters: i_main: the consumer; i_group: its row in trunkline.lane_group; i_member: who asks; i_max_events: upper limit of events.
-- Returns: see trunkline.receive().
-- May be called by: functions of this schema only.
create or replace function trunkline._receive_lane(
    i_main pgq.subscription, i_group trunkline.lane_group, i_member text, i_max_events int4)
returns table (
    receipt bigint, event_id bigint, type text, payload text, key text, headers text, attempt int, sent_at timestamptz,
    extra1 text, extra2 text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _holder constant text := coalesce(i_member, '');
    _lease_time interval;
    _lane pgq.subscription;
    _sub pgq.subscription;
    _delivery trunkline.delivery;
    _join int8;
begin
    select s.lease_time into _lease_time from trunkline._consumer_settings(i_main.sub_queue, i_main.sub_consumer) s;
    for _lane in select f.* from trunkline._free_lanes(i_main, i_group, _holder) f loop
        _join := i_max_events::int8 * i_group.lanes;
        loop
            select s.* into _sub from pgq.subscription s
            where s.sub_queue = _lane.sub_queue and s.sub_consumer = _lane.sub_consumer
            for no key update skip locked;
            exit when not found;
            -- who divides the lanes anew locks all of them, so from here on there are as many as now
            if _sub.sub_lane is distinct from _lane.sub_lane or not exists (
                select 1 from trunkline.lane_group g
                where g.sub_queue = i_group.sub_queue and g.sub_consumer = i_group.sub_consumer and g.lanes = i_group.lanes)
            then
                return;
            end if;
            _delivery := trunkline._load_delivery(_sub, i_main.sub_consumer);
            -- somebody may have been faster
            exit when (_delivery.upto_id is not null or _delivery.parked is not null)
                and _delivery.holder <> _holder and _delivery.lease_until > clock_timestamp();

            if _delivery.upto_id is null then
                return query
                select * from trunkline._take_parked(
                    _sub, i_main.sub_consumer, _lease_time, i_group.lanes, i_max_events, _holder);
                if found then
                    return;
                end if;
            end if;
            if _sub.sub_batch is null then
                _sub := trunkline._open_next(_sub, _join, i_group.upto_tick);
                exit when _sub.sub_batch is null;
            end if;
            return query
            select * from trunkline._take_part(
                _sub, i_main.sub_consumer, _lease_time, i_group.lanes, i_max_events, _holder);
            if found then
                return;
            end if;
            _join := least(_join * 4, 1000000000);
        end loop;
    end loop;
end
$$;
