-- Says where events of a queue go right now. Every writer of events calls this before its insert.
--
-- The transaction id is taken before the slot is read, and the slot comes from a sequence, which no snapshot hides. So a
-- writer whose transaction id is younger than queue_switch_step2 always sees the slot of that switch or of a later one;
-- see maint_rotate_tables_step1.sql.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: queue_id and slot: the routing columns ev_queue and ev_slot of pgq.event_template; event_seq: sequence of event
--     ids; per_tx_limit: if not null, the writer must call pgq._count_tx_events() with the number of events it inserts.
-- Errors: queue name is null, no such queue, inserting is disabled or the queue closed (unless session_replication_role is
--     replica).
-- Side effect: wakes the ticker if it sleeps.
-- May be called by: pgq_admin and functions of the owner of the schema.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq._insert_target(
    i_queue_name text,
    out queue_id int4,
    out slot int4,
    out event_seq regclass,
    out per_tx_limit int4)
returns record
language plpgsql
as $$
declare
    _xid int8;
    _disabled bool;
begin
    _xid := txid_current();

    select q.queue_id, q.queue_event_seq::regclass, q.queue_per_tx_limit, q.queue_disable_insert,
           pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)
    into queue_id, event_seq, per_tx_limit, _disabled, slot
    from pgq.queue q
    where q.queue_name = i_queue_name;

    if queue_id is null then
        if i_queue_name is null then
            raise exception 'Queue name must not be NULL';
        end if;
        raise exception 'No such queue'
            using detail = format('Queue "%s" does not exist.', i_queue_name),
                  hint = 'Create it with pgq.create_queue().';
    end if;

    if _disabled and current_setting('session_replication_role') <> 'replica' then
        raise exception 'Insert into queue disallowed'
            using detail = format('queue_disable_insert is set for queue "%s".', i_queue_name);
    end if;
    if slot >= 1000000 then -- see pgq._close_queue()
        if current_setting('session_replication_role') <> 'replica' then
            raise exception 'Insert into queue disallowed'
                using detail = format('Queue "%s" was closed after this transaction took its snapshot.', i_queue_name);
        end if;
        slot := slot % 1000000;
    end if;

    if pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) = 2 then
        perform pg_notify('trunkline_ticker', i_queue_name);
    end if;
end
$$;
