-- Wakes the receivers that wait for a tick when parked events are due.
--
-- Returns: number of keys that became due.
-- May be called by: functions of this schema only.
create or replace function trunkline._wake_parked()
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _count int4;
begin
    -- the common answer
    if not exists (select 1 from trunkline.parked_key k where not k.is_announced and k.due_at <= clock_timestamp()) then
        return 0;
    end if;
    with due as (
        select k.ctid from trunkline.parked_key k
        where not k.is_announced and k.due_at <= clock_timestamp()
        limit 1000
        for update skip locked
    ), told as (
        update trunkline.parked_key k set is_announced = true from due d where k.ctid = d.ctid returning k.sub_queue
    ), queue as (
        select q.queue_name, t.keys
        from (select o.sub_queue, count(*) as keys from told o group by o.sub_queue) t
        join pgq.queue q on q.queue_id = t.sub_queue
    )
    select sum(q.keys) into _count
    from (select u.keys, pg_notify('trunkline_tick', u.queue_name) from queue u) q;
    return coalesce(_count, 0);
end
$$;
