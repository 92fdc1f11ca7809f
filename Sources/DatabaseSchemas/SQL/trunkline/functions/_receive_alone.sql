-- trunkline.receive() for a consumer that works alone.
--
-- Parameters: i_sub: its subscription; i_max_events: upper limit of events; i_upto_tick: do not go beyond; null: no
--     limit.
-- Returns: see trunkline.receive().
-- May be called by: functions of this schema only.
create or replace function trunkline._receive_alone(i_sub pgq.subscription, i_max_events int4, i_upto_tick bigint)
returns table (
    receipt bigint, event_id bigint, type text, payload text, key text, headers text, attempt int, sent_at timestamptz,
    extra1 text, extra2 text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _lease_time interval;
    _join int8 := i_max_events;
begin
    -- nothing new: the common answer, without a lock
    if i_sub.sub_batch is null
        and exists (select 1 from pgq.tick t where t.tick_queue = i_sub.sub_queue and t.tick_id = i_sub.sub_last_tick)
        and not exists (
            select 1 from pgq.tick t
            where t.tick_queue = i_sub.sub_queue and t.tick_id > i_sub.sub_last_tick
              and (i_upto_tick is null or t.tick_id <= i_upto_tick))
    then
        return;
    end if;

    select s.lease_time into _lease_time from trunkline._consumer_settings(i_sub.sub_queue, i_sub.sub_consumer) s;
    loop
        select s.* into i_sub from pgq.subscription s
        where s.sub_queue = i_sub.sub_queue and s.sub_consumer = i_sub.sub_consumer
        for no key update;
        if not found or i_sub.sub_paused or i_sub.sub_lane is not null then
            return;
        end if;
        if i_sub.sub_batch is null then
            i_sub := trunkline._open_next(i_sub, _join, i_upto_tick);
            if i_sub.sub_batch is null then
                return;
            end if;
        end if;
        return query
        select * from trunkline._take_part(i_sub, i_sub.sub_consumer, _lease_time, null, i_max_events, null);
        if found then
            return;
        end if;
        _join := least(_join * 4, 1000000000);
    end loop;
end
$$;
