-- Lanes that a receiver may work on, and in which there may be something for it.
--
-- Parameters: i_main: the consumer; i_group: its row in trunkline.lane_group; i_holder: the receiver.
-- Returns: subscriptions: first the lane that it works on, then those with parked events that are due, then by position. Nothing is locked.
-- May be called by: functions of this schema only.
create or replace function trunkline._free_lanes(i_main pgq.subscription, i_group trunkline.lane_group, i_holder text)
returns setof pgq.subscription
language sql
volatile
as $$
    with due as (
        select distinct trunkline._lane_of(k.hash, (i_group).lanes) as lane
        from trunkline.parked_key k
        where k.sub_queue = (i_main).sub_queue and k.main_consumer = (i_main).sub_consumer
          and k.due_at <= pg_catalog.clock_timestamp()
    ), lane as (
        select s as sub, s.sub_batch, s.sub_last_tick, s.sub_lane, s.sub_queue,
               d.holder = i_holder and (d.upto_id is not null and d.batch_id = s.sub_batch or d.parked is not null) as is_own,
               d.lease_until > pg_catalog.clock_timestamp() and d.holder <> i_holder
                   and (d.upto_id is not null and d.batch_id = s.sub_batch or d.parked is not null) as is_taken,
               d.parked is not null as has_parked,
               exists (select 1 from due u where u.lane = s.sub_lane) as is_due
        from pgq.subscription s
        left join trunkline.delivery d on d.sub_queue = s.sub_queue and d.sub_consumer = s.sub_consumer
        where s.sub_queue = (i_main).sub_queue and s.sub_id = (i_main).sub_id and s.sub_lane is not null
    )
    select (l.sub).*
    from lane l
    where l.is_taken is not true
      and (l.sub_batch is not null or l.has_parked or l.is_due
           or exists (
               select 1 from pgq.tick t
               where t.tick_queue = l.sub_queue and t.tick_id > l.sub_last_tick
                 and ((i_group).upto_tick is null or t.tick_id <= (i_group).upto_tick))
           -- its tick is gone, which must be said
           or not exists (select 1 from pgq.tick t where t.tick_queue = l.sub_queue and t.tick_id = l.sub_last_tick))
    order by coalesce(l.is_own, false) desc, l.is_due desc, l.sub_last_tick, l.sub_lane
$$;
