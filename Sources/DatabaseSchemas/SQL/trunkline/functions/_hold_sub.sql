-- The subscription of a delivery that is held; see _hold_receipt().
--
-- May be called by: functions of this schema only.
create or replace function trunkline._hold_sub(i_delivery trunkline.delivery)
returns pgq.subscription
language sql
as $$
    select s from pgq.subscription s
    where s.sub_queue = (i_delivery).sub_queue and s.sub_consumer = (i_delivery).sub_consumer
$$;
