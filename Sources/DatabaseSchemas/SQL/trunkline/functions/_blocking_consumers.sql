-- Consumers that hold up the next table switch of a queue, or the ticker if there is no tick that they could go on to.
--
-- Parameters: i_queue: a queue that is due for a switch.
-- Returns: rows as of rotation_blockers().
-- May be called by: everybody; it is a part of rotation_blockers().
create or replace function trunkline._blocking_consumers(
    i_queue pgq.queue,
    out queue_name text,
    out kind text,
    out who text,
    out pid int4,
    out age interval,
    out detail text,
    out remedy text)
returns setof record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _newest pgq.tick;
begin
    select t.* into _newest
    from pgq.tick t
    where t.tick_queue = i_queue.queue_id
    order by t.tick_id desc limit 1;
    queue_name := i_queue.queue_name;

    if txid_snapshot_xmin(_newest.tick_snapshot) > i_queue.queue_switch_step2 then
        return query
        select i_queue.queue_name, 'consumer', c.co_name, null::int4, now() - t.tick_time,
               format('finished up to tick %s of %s, about %s events behind, last seen %s ago%s', t.tick_id, _newest.tick_id,
                      _newest.tick_event_seq - t.tick_event_seq, date_trunc('second', now() - s.sub_active),
                      case when s.sub_paused then ', paused' else '' end),
               format('Start it%s. If it is not needed any more: trunkline consumer unregister %s %s. If it may skip events: '
                      'trunkline consumer seek. To have this done beyond a limit: trunkline.set_consumer(%L, %L, ''max_age'', ...).',
                      case when s.sub_paused then format(', and resume it: select trunkline.set_consumer(%L, %L, ''paused'', ''off'')',
                                                         i_queue.queue_name, c.co_name) else '' end,
                      i_queue.queue_name, c.co_name, i_queue.queue_name, c.co_name)
        from pgq.subscription s
        join pgq.consumer c on c.co_id = s.sub_consumer
        join pgq.tick t on t.tick_queue = s.sub_queue and t.tick_id = s.sub_last_tick
        where s.sub_queue = i_queue.queue_id and txid_snapshot_xmin(t.tick_snapshot) <= i_queue.queue_switch_step2
        order by t.tick_id;
        return;
    end if;

    -- nobody else is to blame: a tick made now would be late enough
    if exists (select 1 from pgq.subscription s where s.sub_queue = i_queue.queue_id)
        and txid_snapshot_xmin(txid_current_snapshot()) > i_queue.queue_switch_step2
    then
        kind := 'ticker';
        age := now() - _newest.tick_time;
        detail := case when i_queue.queue_ticker_paused then 'the queue is paused, so it has no ticks'
                       when i_queue.queue_external_ticker then 'ticks of this queue come from elsewhere, and none came'
                       else 'no tick was made since the last table switch' end;
        remedy := case when i_queue.queue_ticker_paused
                       then format('Resume it: select trunkline.set_queue(%L, ''paused'', ''off'').', i_queue.queue_name)
                       when i_queue.queue_external_ticker then 'Look at the worker that brings the ticks.'
                       else 'Start the ticker: trunkline ticker.' end;
        return next;
    end if;
end
$$;
