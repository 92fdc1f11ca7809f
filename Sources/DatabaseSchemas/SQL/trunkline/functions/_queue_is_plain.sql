-- What queue_is_plain() promises, read with a fresh snapshot.
--
-- Parameters: i_queue_id, i_queue_name: the queue.
-- Returns: false also in a transaction whose snapshot is not fresh, because a plan outlives the transaction.
-- May be called by: capture functions.
create or replace function trunkline._queue_is_plain(i_queue_id int4, i_queue_name text)
returns bool
language plpgsql
volatile
as $$
begin
    return pg_catalog.current_setting('transaction_isolation') in ('read committed', 'read uncommitted')
        and exists (
            select 1 from pgq.queue q
            where q.queue_id = i_queue_id and q.queue_name = i_queue_name
              and not q.queue_disable_insert and q.queue_per_tx_limit is null);
end
$$;
