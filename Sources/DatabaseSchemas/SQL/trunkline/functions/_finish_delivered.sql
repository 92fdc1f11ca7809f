-- Finishes the batch of a subscription that is locked, after its last part.
--
-- Parameters: i_sub: the subscription with the batch; i_delivery: its row in trunkline.delivery, which is not changed here.
-- May be called by: functions of this schema only.
create or replace function trunkline._finish_delivered(i_sub pgq.subscription, i_delivery trunkline.delivery)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if i_sub.sub_consumer <> i_delivery.main_consumer and i_sub.sub_lane is null then
        -- a member of a group: the position is that of the group
        delete from pgq_coop.released_batch r
        where r.sub_queue = i_sub.sub_queue and r.sub_consumer = i_sub.sub_consumer;
        update pgq.subscription s
        set sub_active = now(), sub_last_tick = null, sub_next_tick = null, sub_batch = null
        where s.sub_queue = i_sub.sub_queue and s.sub_consumer = i_sub.sub_consumer;
    else
        update pgq.subscription s
        set sub_active = now(), sub_last_tick = s.sub_next_tick, sub_next_tick = null, sub_batch = null
        where s.sub_queue = i_sub.sub_queue and s.sub_consumer = i_sub.sub_consumer;
    end if;
    if i_delivery.mapped then
        delete from trunkline.batch_part p where p.batch_id = i_sub.sub_batch;
    end if;
    if i_delivery.aside > 0 then
        delete from trunkline.set_aside a where a.batch_id = i_sub.sub_batch;
    end if;
end
$$;
