-- Asks for a tick soon: moves the event sequence so far that the ticker must make one at its next run. Does nothing for a
-- queue whose ticker is external or paused.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: id of the last tick. The caller repeats this until it changes.
-- May be called by: pgq_reader.
create or replace function pgq.force_tick(i_queue_name text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
begin
    select * into _queue from pgq.queue where queue_name = i_queue_name;
    if not found then
        return null;
    end if;
    if not _queue.queue_external_ticker and not _queue.queue_ticker_paused then
        perform setval(_queue.queue_event_seq::regclass,
                       nextval(_queue.queue_event_seq::regclass) + 2 * _queue.queue_ticker_max_count + 1000);
        if pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) = 2 then
            perform pg_notify('trunkline_ticker', i_queue_name);
        end if;
    end if;
    return (select tick_id from pgq.tick where tick_queue = _queue.queue_id order by tick_id desc limit 1);
end
$$;
