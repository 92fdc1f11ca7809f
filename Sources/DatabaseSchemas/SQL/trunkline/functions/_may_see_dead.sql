-- Looks whether the caller may see and change dead letters of a consumer, which may be unregistered meanwhile: then only who may
-- consume from every queue or manages this one.
--
-- Parameters: i_queue_id: the queue; i_consumer_name: the consumer.
-- May be called by: functions of this schema only.
create or replace function trunkline._may_see_dead(i_queue_id int4, i_consumer_name text)
returns bool
language sql
stable
as $$
    select trunkline._has_queue_right(trunkline._caller(), i_queue_id, 'consume')
        and trunkline._may_act_for(
            (select o.owner
             from trunkline.consumer_owner o
             join pgq.consumer c on c.co_id = o.sub_consumer
             where o.sub_queue = i_queue_id and c.co_name = i_consumer_name),
            i_queue_id)
$$;
