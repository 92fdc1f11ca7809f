-- Second half of a table switch, for all queues: notes a transaction id that is younger than that of any writer which may have
-- used the old table. See maint_rotate_tables_step1.sql.
--
-- The transaction id must be drawn after the first half was committed. So nothing is done if the transaction has one already,
-- and switches are kept from running at the same time; the lock for that needs no transaction id.
--
-- Returns: 0.
-- May be called by: pgq_admin.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq.maint_rotate_tables_step2()
returns integer
language plpgsql
as $$
begin
    if pg_current_xact_id_if_assigned() is not null then
        raise notice 'table switch not completed: this transaction has written something already'
            using hint = 'Call pgq.maint_rotate_tables_step2() in a transaction of its own.';
        return 0;
    end if;
    perform pg_advisory_xact_lock(pgq._queue_lock_key(0));
    update pgq.queue
    set queue_switch_step2 = txid_current()
    where queue_switch_step2 is null;
    return 0;
end
$$;
