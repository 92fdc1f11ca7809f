-- Name of the event table that this transaction may write to directly, for example with COPY. Let the column ev_id have its
-- default: the ticker sees new events by the event sequence. The answer is good for this transaction only.
--
-- Parameters: x_queue_name: name of the queue.
-- Returns: qualified name of the table.
-- Errors: no such queue; inserting is disabled (unless session_replication_role is replica).
-- May be called by: pgq_writer. Inserting needs the right to insert into that table, which pgq_admin has.
create or replace function pgq.current_event_table(x_queue_name text)
returns text
language plpgsql
as $$
declare
    _xid int8;
    _table text;
    _disabled bool;
begin
    -- before the slot is read: see pgq._insert_target()
    _xid := txid_current();
    select queue_data_pfx || '_' || s.slot % 1000000, queue_disable_insert or s.slot >= 1000000
    into _table, _disabled
    from pgq.queue, pg_sequence_last_value((queue_data_pfx || '_slot_seq')::regclass) s (slot)
    where queue_name = x_queue_name;
    if not found then
        raise exception 'Event queue not found'
            using detail = format('Queue "%s" does not exist.', x_queue_name);
    end if;
    if _disabled and current_setting('session_replication_role') <> 'replica' then
        raise exception 'Writing to queue disabled'
            using detail = format('queue_disable_insert is set for queue "%s", or it was closed.', x_queue_name);
    end if;
    if pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) = 2 then
        perform pg_notify('trunkline_ticker', x_queue_name);
    end if;
    return _table;
end
$$;
