-- The queue of this name, whose ticks may be made here and now.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: its row.
-- Errors: no such queue, ticks come from elsewhere, ticker is paused.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._queue_to_tick(i_queue_name text)
returns pgq.queue
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
begin
    select * into _queue from pgq.queue where queue_name = i_queue_name;
    if not found then
        raise exception 'no such queue'
            using detail = format('Queue "%s" does not exist.', i_queue_name);
    end if;
    if _queue.queue_external_ticker then
        raise exception 'This queue has external tick source.'
            using detail = format('queue_external_ticker is set for queue "%s".', i_queue_name);
    end if;
    if _queue.queue_ticker_paused then
        raise exception 'Ticker has been paused for this queue'
            using hint = format('Resume it: select pgq.set_queue_config(%L, ''ticker_paused'', ''false'')', i_queue_name);
    end if;
    return _queue;
end
$$;
