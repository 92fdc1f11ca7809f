-- Key of the advisory lock of a queue; see pgq._lock_queue().
--
-- Parameters: i_queue_id: the queue, or 0 for the rotation of all queues.
create or replace function pgq._queue_lock_key(i_queue_id int4)
returns bigint
language sql
stable
as $$
    select ('pgq.queue'::regclass::oid::int8 << 32) + i_queue_id
$$;
