-- Lets the position in a batch of a member follow, when the batch was taken from it and got a new id; see pgq_coop._release_batch().
--
-- Parameters: i_member: the subscription as it was before.
-- May be called by: functions of this schema only.
create or replace function trunkline._batch_released(i_member pgq.subscription)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _batch_id int8;
begin
    select s.sub_batch into _batch_id from pgq.subscription s
    where s.sub_queue = i_member.sub_queue and s.sub_consumer = i_member.sub_consumer;
    update trunkline.delivery d
    set batch_id = _batch_id, receipt = nextval('trunkline.receipt_seq'), lease_until = '-infinity', holder = null
    where d.sub_queue = i_member.sub_queue and d.sub_consumer = i_member.sub_consumer and d.batch_id = i_member.sub_batch;
    if found then
        update trunkline.set_aside a set batch_id = _batch_id where a.batch_id = i_member.sub_batch;
        update trunkline.batch_part p set batch_id = _batch_id where p.batch_id = i_member.sub_batch;
    end if;
end
$$;
