-- Refuses a batch id that is not the consumer's open batch.
--
-- Errors: the batch is not open, or the consumer was evicted (object_not_in_prerequisite_state).
-- May be called by: functions of this schema only.
create or replace function trunkline._check_batch(i_queue_name text, i_consumer_name text, i_batch_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform 1
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name and s.sub_batch = i_batch_id;
    if not found then
        perform trunkline._check_eviction(i_queue_name, i_consumer_name);
        raise exception 'batch % is not the open batch of consumer "%" on queue "%"', i_batch_id, i_consumer_name, i_queue_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'It was finished already, or the consumer was moved; open the next batch.';
    end if;
end
$$;
