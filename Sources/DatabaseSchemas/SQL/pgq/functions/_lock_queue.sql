-- Locks a queue until the end of the transaction against other ticks and against a table switch.
--
-- A tick must take its snapshot after it has this lock: only then do ticks have the order of their snapshots, and only then
-- is no snapshot of a tick taken while a table switch is under way (see maint_rotate_tables_step1.sql).
-- It is an advisory lock and not a row lock because it needs no transaction id: an id drawn later is younger than the
-- snapshot of the tick, which pgq._make_tick() depends on; and because a ticker that finds nothing to do writes nothing.
--
-- Parameters: i_queue_id: the queue.
-- Errors: the transaction is not READ COMMITTED: its snapshot would be older than the lock.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._lock_queue(i_queue_id int4)
returns void
language plpgsql
as $$
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'a queue cannot be ticked or rotated in a % transaction', current_setting('transaction_isolation')
            using errcode = 'invalid_transaction_state',
                  detail = 'Its snapshot would be older than the lock that orders the ticks of a queue.',
                  hint = 'Use a READ COMMITTED transaction.';
    end if;
    perform pg_advisory_xact_lock(pgq._queue_lock_key(i_queue_id));
end
$$;
