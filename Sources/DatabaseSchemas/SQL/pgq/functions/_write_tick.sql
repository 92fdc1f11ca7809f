-- Writes a tick for a queue. It does not check whether one is due.
--
-- The caller must have locked the queue with pgq._lock_queue() in an earlier statement (a queue that is being created needs
-- no lock). The event sequence is read before the snapshot: an event that is counted may be in a later batch, but none that
-- is in this batch is missed in the count.
--
-- A snapshot says nothing certain about the transaction that takes it. So, if this transaction has an id already, it is
-- written down: a tick of ours does not contain it, so that nobody who starts at this tick misses its events; a tick that
-- was made elsewhere contains it, as it comes with the events that belong to it. Transaction ids from xmax up to our own are
-- of transactions that were running.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_tick_id, i_tick_time, i_event_seq: contents of the tick; null: next
--     tick id, the time now, the value of the event sequence.
-- Returns: tick_id, tick_event_seq and tick_snapshot of the new tick.
-- Side effect: one notification on channel trunkline_tick with the name of the queue, when the transaction commits.
-- May be called by: functions of the owner of the schema.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
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
declare
    _own int8;
begin
    select coalesce(i_event_seq, pg_sequence_last_value(q.queue_event_seq::regclass), 0),
           coalesce(i_tick_id, nextval(q.queue_tick_seq::regclass))
    into _write_tick.tick_event_seq, _write_tick.tick_id
    from pgq.queue q
    where q.queue_id = i_queue_id;

    _own := pg_current_xact_id_if_assigned()::text::int8;
    tick_snapshot := txid_current_snapshot();
    if i_tick_id is null and txid_visible_in_snapshot(_own, tick_snapshot) then
        select format('%s:%s:%s', least(_own, txid_snapshot_xmin(tick_snapshot)), txid_snapshot_xmax(tick_snapshot),
                      string_agg(x::text, ',' order by x))::txid_snapshot
        into tick_snapshot
        from (select txid_snapshot_xip(tick_snapshot) union select _own) r (x);
    elsif i_tick_id is not null and not txid_visible_in_snapshot(_own, tick_snapshot) then
        select format('%s:%s:%s', coalesce(min(x), _own + 1), _own + 1, string_agg(x::text, ',' order by x))::txid_snapshot
        into tick_snapshot
        from (
            select txid_snapshot_xip(tick_snapshot)
            union
            select generate_series(txid_snapshot_xmax(tick_snapshot), _own - 1)
        ) r (x);
    end if;

    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
    values (i_queue_id, _write_tick.tick_id, coalesce(i_tick_time, now()), _write_tick.tick_snapshot,
            _write_tick.tick_event_seq);

    perform pg_notify('trunkline_tick', i_queue_name);
end
$$;
