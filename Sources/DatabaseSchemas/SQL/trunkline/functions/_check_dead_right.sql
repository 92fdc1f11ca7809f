-- Refuses callers that may not change dead letters of a consumer.
--
-- Parameters: i_queue_name, i_consumer_name: queue and consumer; the consumer may be unregistered meanwhile.
-- Returns: id of the queue.
-- Errors: no such queue, the consumer is neither registered nor has dead letters (undefined_object); insufficient_privilege.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_dead_right(i_queue_name text, i_consumer_name text)
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(i_queue_name, 'consume');
begin
    if not exists (
            select 1 from trunkline.dead_event d where d.queue_id = _queue_id and d.consumer_name = i_consumer_name)
        or exists (
            select 1 from pgq.subscription s join pgq.consumer c on c.co_id = s.sub_consumer
            where s.sub_queue = _queue_id and c.co_name = i_consumer_name)
    then
        perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    elsif not trunkline._may_see_dead(_queue_id, i_consumer_name) then
        perform trunkline._check_queue_right(_queue_id, i_queue_name, 'manage');
    end if;
    return _queue_id;
end
$$;
