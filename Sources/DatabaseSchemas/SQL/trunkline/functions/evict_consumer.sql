-- Evicts a consumer by hand, within its limits or not. As with maint_consumer_limits(), what it misses is remembered in eviction, and
-- programs that use it are refused with that, where unregister() would just make them strangers.
--
-- Parameters: queue, consumer: a registered consumer; reason: for people to read.
-- Returns: 1.
-- Errors: not registered (undefined_object), evicted already or a transaction is working on its batch
--     (object_not_in_prerequisite_state); insufficient_privilege.
-- May be called by: everybody, for queues that he manages.
create or replace function trunkline.evict_consumer(queue text, consumer text, reason text default null)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _refusal text;
begin
    perform trunkline._find_queue(evict_consumer.queue, 'manage');
    _sub := trunkline._check_consumer_right(evict_consumer.queue, evict_consumer.consumer);
    _refusal := trunkline._evict(
        evict_consumer.queue, evict_consumer.consumer,
        coalesce(evict_consumer.reason, format('Evicted by %s.', trunkline._caller())));
    if _refusal is not null then
        raise exception 'consumer "%" of queue "%" cannot be evicted', evict_consumer.consumer, evict_consumer.queue
            using errcode = 'object_not_in_prerequisite_state',
                  detail = _refusal,
                  hint = 'Try again, or stop its process.';
    end if;
    return 1;
end
$$;
