-- Locks the position of a group until the end of the transaction. Whoever hands out, adds or removes members holds this lock;
-- rows of members are locked after it, never before.
--
-- Parameters: i_queue_name, i_consumer_name: queue and main consumer.
-- Returns: the subscription of the main consumer; all null if it is not registered.
-- May be called by: functions of this schema and of trunkline only.
create or replace function pgq_coop._lock_group(i_queue_name text, i_consumer_name text)
returns pgq.subscription
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _main pgq.subscription;
begin
    select s.* into _main
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name
    for no key update of s;
    return _main;
end
$$;
