-- Makes a tick now, whether or not one is due. For a ticker that decides by itself.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: tick_id, tick_event_seq, tick_snapshot: the tick; tick_xid: a transaction id drawn after the snapshot of the tick
--     was taken. Every transaction that the tick does not contain although it may have drawn event ids before is older than
--     it: it was in progress in the snapshot, or has an id from the snapshot's xmax up to tick_xid. The events of such a
--     transaction are in a later batch, and the event sequence will not move when it commits.
-- Errors: like pgq.ticker(i_queue_name).
-- May be called by: pgq_admin.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq._make_tick(
    i_queue_name text,
    out tick_id int8,
    out tick_event_seq int8,
    out tick_snapshot txid_snapshot,
    out tick_xid int8)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _last txid_snapshot;
    _tick record;
begin
    _queue := pgq._queue_to_tick(i_queue_name);

    perform pgq._lock_queue(_queue.queue_id);
    select t.tick_snapshot into _last
    from pgq.tick t where t.tick_queue = _queue.queue_id order by t.tick_id desc limit 1;
    if found then
        perform pgq._check_snapshot(_last);
    end if;
    _tick := pgq._write_tick(_queue.queue_id, i_queue_name, null, null, null);

    tick_id := _tick.tick_id;
    tick_event_seq := _tick.tick_event_seq;
    tick_snapshot := _tick.tick_snapshot;
    tick_xid := txid_current();
end
$$;
