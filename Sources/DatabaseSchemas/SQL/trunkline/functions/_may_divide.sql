-- Looks whether nothing of a consumer is worked on, and all its lanes are at the same position.
--
-- Parameters: i_main: the subscription of the consumer.
-- May be called by: functions of this schema only.
create or replace function trunkline._may_divide(i_main pgq.subscription)
returns bool
language sql
volatile
as $$
    select pg_catalog.bool_and(s.sub_batch is null and d.parked is null) and min(s.sub_last_tick) = max(s.sub_last_tick)
    from pgq.subscription s
    left join trunkline.delivery d on d.sub_queue = s.sub_queue and d.sub_consumer = s.sub_consumer
    where s.sub_queue = (i_main).sub_queue and s.sub_id = (i_main).sub_id
$$;
