-- First half of a table switch: empties the event table that nobody needs any more, and lets writers use it. The second half,
-- pgq.maint_rotate_tables_step2(), must be run in a later transaction.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: 0, whether or not there was something to do: nothing is done before queue_rotation_period is over, while the
--     previous switch is half done, while a consumer may need the previous table, or if the next table is in use.
-- Errors: the stored transaction id is in the future; the tick of a consumer is gone; the transaction is not READ COMMITTED.
-- May be called by: pgq_admin.
--
-- How no event is lost. Writers learn the table (slot) from a sequence, and take their transaction id before they read it:
-- pgq._insert_target(). A sequence is not transactional: setval() is seen at once by everybody, whatever their snapshot. So
-- it comes last, after all that can fail, and while the queue is locked.
--   A. step2 is drawn after the commit of step1, hence after setval(). A writer with a younger transaction id reads the slot
--      even later. So: an event with ev_txid > step2 is in the current table. An older one is there or in the previous table.
--   B. No tick is made between setval() and the end of this transaction, as both lock the queue. A snapshot that is taken after
--      the end has xmax > step1. So: a snapshot S of a tick with xmax(S) < step1 was taken before setval(), and the events
--      that it sees are not in the current table.
--   C. Readers need events that S1, the snapshot of their last tick, does not see; these have ev_txid >= xmin(S1). The table
--      before the previous one has only events of transactions older than step2 or step2 itself, which by then must
--      have ended: that is what xmin(S1) > step2 says for the slowest consumer. Without consumers the same is asked of
--      the snapshot of now, as one may register later. So the table that is emptied holds nothing that is still
--      needed, and no writer that read its slot in former times is still about to insert there.
--   D. If this transaction fails or the server crashes after setval(), the slot is one ahead of queue_cur_table, and writers
--      use the table that was to be emptied but was not. So readers look there, too: pgq.batch_event_tables(). Its old
--      events are out of their range of ev_txid by C. The next call adopts the slot: it makes this table the current one
--      under the same conditions, but without emptying it. step1 keeps its value then, as B does not hold for snapshots taken in
--      between: all of these have xmax > step1, which makes readers look into the current table, too.
-- Which of two calls comes first is decided by locks, always taken in this order: rotation (shared), queue row, queue.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq.maint_rotate_tables_step1(i_queue_name text)
returns integer
language plpgsql
as $$
declare
    _queue pgq.queue;
    _slot_seq text;
    _slot int4;
    _closed int4;
    _next int4;
    _tick_id int8;
    _xmin int8;
begin
    -- step2 may not run while a switch is under way
    perform pg_advisory_xact_lock_shared(pgq._queue_lock_key(0));
    select * into _queue
    from pgq.queue
    where queue_name = i_queue_name
      and queue_rotation_period is not null
      and queue_switch_step2 is not null
      and queue_switch_time + queue_rotation_period < now()
    for no key update;
    if not found or _queue.queue_ntables < 2 then
        return 0;
    end if;
    if _queue.queue_switch_step1 > txid_current() then
        raise exception 'queue % maint failure: step1=%, current=%', i_queue_name, _queue.queue_switch_step1, txid_current()
            using errcode = 'data_corrupted',
                  hint = 'Raise the transaction id epoch of this cluster above the stored one (pg_resetwal --epoch).';
    end if;

    select min(sub_last_tick) into _tick_id from pgq.subscription where sub_queue = _queue.queue_id;
    if _tick_id is null then
        _xmin := txid_snapshot_xmin(txid_current_snapshot());
    else
        select txid_snapshot_xmin(tick_snapshot) into _xmin
        from pgq.tick
        where tick_queue = _queue.queue_id and tick_id = _tick_id;
        if not found then
            raise exception 'queue % maint failure: tick % not found', i_queue_name, _tick_id
                using errcode = 'data_corrupted',
                      hint = 'Move the consumers at this tick with pgq.register_consumer_at(), or remove them.';
        end if;
    end if;
    if _xmin <= _queue.queue_switch_step2 then
        return 0;
    end if;

    -- There may be millions of old ticks, so this comes before the lock that makes the ticker wait. No consumer is at one
    -- of them, and none can be moved there while the queue row is locked.
    delete from pgq.tick
    where tick_queue = _queue.queue_id and txid_snapshot_xmin(tick_snapshot) < _queue.queue_switch_step2;

    perform pgq._lock_queue(_queue.queue_id);
    _slot_seq := _queue.queue_data_pfx || '_slot_seq';
    _closed := pg_sequence_last_value(_slot_seq::regclass) / 1000000 * 1000000; -- see pgq._close_queue()
    _slot := pg_sequence_last_value(_slot_seq::regclass) % 1000000;
    if _slot <> _queue.queue_cur_table then
        _next := _slot;
    else
        _next := (_queue.queue_cur_table + 1) % _queue.queue_ntables;
        begin
            execute format('lock table %s_%s in access exclusive mode nowait', _queue.queue_data_pfx, _next);
            execute format('truncate %s_%s', _queue.queue_data_pfx, _next);
        exception
            when lock_not_available then
                return 0; -- somebody is reading it, for example pg_dump; the next call tries again
        end;
    end if;

    update pgq.queue
    set queue_cur_table = _next,
        queue_switch_time = now(),
        queue_switch_step1 = case when _slot = queue_cur_table then txid_current() else queue_switch_step1 end,
        queue_switch_step2 = null
    where queue_id = _queue.queue_id;

    if _slot = _queue.queue_cur_table then
        perform setval(_slot_seq::regclass, _next + _closed);
    end if;
    return 0;
end
$$;
