-- Number of lanes of the consumer that a subscription belongs to.
--
-- Parameters: i_sub: the subscription; i_main: the consumer.
-- Returns: null if it is no lane.
-- May be called by: functions of this schema only.
create or replace function trunkline._lanes(i_sub pgq.subscription, i_main int4)
returns int4
language sql
stable
as $$
    select g.lanes from trunkline.lane_group g
    where g.sub_queue = (i_sub).sub_queue and g.sub_consumer = i_main and (i_sub).sub_lane is not null
$$;
