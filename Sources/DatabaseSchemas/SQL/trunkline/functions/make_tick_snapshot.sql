-- Makes a tick now and exports its snapshot: who imports that reads this database exactly as it is at the tick, so that it
-- can be compared with a copy that stands at the same tick.
--
-- The snapshot that is written into the tick and the one that is exported are one: a statement has one snapshot, and both
-- functions of it give that. Of this transaction itself, both say that it is running.
--
-- Parameters: i_queue_name: the queue; i_hold: let nobody make ticks of this queue after this one, until this session calls
--     release_ticks() or ends. Then a reader that is behind reaches exactly this tick.
-- Returns: tick_id, tick_snapshot: the tick; snapshot_name: for SET TRANSACTION SNAPSHOT in another session of this database,
--     before this transaction ends.
-- Errors: like pgq.ticker(i_queue_name); inside a savepoint.
-- May be called by: pgq_admin.
create or replace function trunkline.make_tick_snapshot(
    i_queue_name text,
    i_hold bool default false,
    out tick_id int8,
    out snapshot_name text,
    out tick_snapshot txid_snapshot)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _last txid_snapshot;
    _event_seq int8;
    _own int8;
begin
    _queue := pgq._queue_to_tick(i_queue_name);

    if i_hold then
        perform pg_advisory_lock(pgq._queue_lock_key(_queue.queue_id));
    end if;
    perform pgq._lock_queue(_queue.queue_id);
    select t.tick_snapshot into _last
    from pgq.tick t where t.tick_queue = _queue.queue_id order by t.tick_id desc limit 1;
    if found then
        perform pgq._check_snapshot(_last);
    end if;

    -- as in pgq._write_tick(): first the event sequence, then the snapshot
    _event_seq := coalesce(pg_sequence_last_value(_queue.queue_event_seq::regclass), 0);
    tick_id := nextval(_queue.queue_tick_seq::regclass);
    _own := pg_current_xact_id_if_assigned()::text::int8;
    select txid_current_snapshot(), pg_export_snapshot() into tick_snapshot, snapshot_name;
    if txid_visible_in_snapshot(_own, tick_snapshot) then
        select format('%s:%s:%s', least(_own, txid_snapshot_xmin(tick_snapshot)), txid_snapshot_xmax(tick_snapshot),
                      string_agg(x::text, ',' order by x))::txid_snapshot
        into tick_snapshot
        from (select txid_snapshot_xip(tick_snapshot) union select _own) r (x);
    end if;
    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
    values (_queue.queue_id, make_tick_snapshot.tick_id, now(), make_tick_snapshot.tick_snapshot, _event_seq);
    perform pg_notify('trunkline_tick', i_queue_name);
end
$$;
