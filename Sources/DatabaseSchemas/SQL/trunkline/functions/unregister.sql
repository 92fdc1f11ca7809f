-- Removes a consumer with its members, lanes, settings and retries. Of one that was evicted, the record of the eviction is removed.
--
-- Parameters: queue, consumer: names.
-- Returns: number of registrations removed, 0 if there was none.
-- Errors: no such queue (undefined_object); insufficient_privilege.
-- May be called by: everybody with 'consume' on the queue, for consumers that he may work as.
create or replace function trunkline.unregister(queue text, consumer text)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(unregister.queue, 'consume');
begin
    perform trunkline._check_consumer_name(_queue_id, unregister.queue, unregister.consumer);
    delete from trunkline.eviction e where e.queue = unregister.queue and e.consumer = unregister.consumer;
    perform 1
    from pgq.subscription s join pgq.consumer c on c.co_id = s.sub_consumer
    where s.sub_queue = _queue_id and c.co_name = unregister.consumer;
    if not found then
        return 0;
    end if;
    perform trunkline._check_consumer_right(unregister.queue, unregister.consumer);
    return pgq.unregister_consumer(unregister.queue, unregister.consumer);
end
$$;
