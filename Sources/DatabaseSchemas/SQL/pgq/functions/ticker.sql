-- Makes a tick for a queue if one is due.
--
-- A tick is due if there are new events, and these are queue_ticker_max_count or more, or the last tick is
-- queue_ticker_max_lag old. Without new events it is due after a pause that doubles each time, from half of
-- queue_ticker_max_lag up to queue_ticker_idle_period.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: id of the tick, or null if none was due.
-- Errors: no such queue, ticks come from elsewhere, ticker is paused, the stored snapshot is in the future (a dump was
--     restored into a younger cluster), the transaction is not READ COMMITTED.
-- May be called by: pgq_admin.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq.ticker(i_queue_name text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _last pgq.tick;
    _previous_time timestamptz;
    _new int8;
    _lag interval;
    _locked bool := false;
begin
    _queue := pgq._queue_to_tick(i_queue_name);

    -- looked at twice: without a lock, as usually nothing is due, and again when nobody else can make a tick
    loop
        select * into _last from pgq.tick where tick_queue = _queue.queue_id order by tick_id desc limit 1;
        if found then
            if not _locked then
                perform pgq._check_snapshot(_last.tick_snapshot);
            end if;

            _new := coalesce(pg_sequence_last_value(_queue.queue_event_seq::regclass), 0) - _last.tick_event_seq;
            _lag := now() - _last.tick_time;
            if _new > 0 then
                if _new < _queue.queue_ticker_max_count and _lag < _queue.queue_ticker_max_lag then
                    return null;
                end if;
            else
                select tick_time into _previous_time
                from pgq.tick
                where tick_queue = _queue.queue_id and tick_id < _last.tick_id
                order by tick_id desc limit 1;
                if found then
                    if _new < 0 and not _locked then
                        raise warning 'Negative new_events?  old=% cur=%', _last.tick_event_seq, _last.tick_event_seq + _new;
                    end if;
                    if _lag < _queue.queue_ticker_max_lag / 2
                        or (_lag < (_last.tick_time - _previous_time) * 2 and _lag < _queue.queue_ticker_idle_period)
                    then
                        return null;
                    end if;
                end if;
            end if;
        end if;
        exit when _locked;
        perform pgq._lock_queue(_queue.queue_id);
        _locked := true;
    end loop;

    return (pgq._write_tick(_queue.queue_id, i_queue_name, null, null, null)).tick_id;
end
$$;

-- Makes a tick for each queue where one is due. An error of one queue is a warning and does not stop the others.
--
-- Returns: number of ticks made.
-- Errors: the transaction is not READ COMMITTED (if a tick is due).
-- May be called by: pgq_admin.
create or replace function pgq.ticker()
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _name text;
    _ticks int8 := 0;
begin
    for _name in
        select queue_name from pgq.queue
        where not queue_external_ticker and not queue_ticker_paused
        order by queue_name
    loop
        begin
            if pgq.ticker(_name) is not null then
                _ticks := _ticks + 1;
            end if;
        exception
            when invalid_transaction_state then
                raise;
            when others then
                raise warning 'ticker failed for queue "%": %', _name, sqlerrm using errcode = sqlstate;
        end;
    end loop;
    return _ticks;
end
$$;

-- Makes a tick that was made elsewhere: the queue is a copy of another one.
--
-- Parameters: i_queue_name: the queue, which must have queue_external_ticker; i_tick_id, i_orig_timestamp, i_event_seq:
--     id, time and event sequence of the original tick. Both sequences of the queue are raised to at least these values.
-- Returns: i_tick_id.
-- Errors: no such queue, it has a ticker of its own or is paused; the tick exists already; the transaction is not
--     READ COMMITTED.
-- May be called by: pgq_admin.
create or replace function pgq.ticker(
    i_queue_name text,
    i_tick_id bigint,
    i_orig_timestamp timestamptz,
    i_event_seq bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
begin
    select * into _queue
    from pgq.queue
    where queue_name = i_queue_name and queue_external_ticker and not queue_ticker_paused;
    if not found then
        raise exception 'queue not found or ticker disabled: %', i_queue_name;
    end if;

    perform pgq._lock_queue(_queue.queue_id);
    perform pgq._write_tick(_queue.queue_id, i_queue_name, i_tick_id, i_orig_timestamp, i_event_seq);
    perform pgq.seq_setval(_queue.queue_tick_seq, i_tick_id);
    perform pgq.seq_setval(_queue.queue_event_seq, i_event_seq);
    return i_tick_id;
end
$$;
