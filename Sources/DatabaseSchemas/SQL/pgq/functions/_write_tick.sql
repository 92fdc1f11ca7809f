-- Writes a tick for a queue. It does not check whether one is due.
--
-- The caller must have locked the queue with pgq._lock_queue() in an earlier statement (a queue that is being created needs
-- no lock). The event sequence is read before the snapshot: an event that is counted may be in a later batch, but none that
-- is in this batch is missed in the count.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_tick_id, i_tick_time, i_event_seq: contents of the tick; null: next
--     tick id, the time now, the value of the event sequence.
-- Returns: tick_id, tick_event_seq and tick_snapshot of the new tick.
-- Side effect: one notification on channel trunkline_tick with the name of the queue, when the transaction commits.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._write_tick(
    i_queue_id int4,
    i_queue_name text,
    i_tick_id int8,
    i_tick_time timestamptz,
    i_event_seq int8,
    out tick_id int8,
    out tick_event_seq int8,
    out tick_snapshot txid_snapshot)
returns record
language plpgsql
as $$
begin
    select coalesce(i_event_seq, pg_sequence_last_value(q.queue_event_seq::regclass), 0),
           coalesce(i_tick_id, nextval(q.queue_tick_seq::regclass))
    into _write_tick.tick_event_seq, _write_tick.tick_id
    from pgq.queue q
    where q.queue_id = i_queue_id;

    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
    values (i_queue_id, _write_tick.tick_id, coalesce(i_tick_time, now()), txid_current_snapshot(),
            _write_tick.tick_event_seq)
    returning tick.tick_snapshot into tick_snapshot;

    perform pg_notify('trunkline_tick', i_queue_name);
end
$$;
