-- Moves delayed events whose time has come into their queues, in bounded portions: at most 1000 of each queue.
--
-- Any number of tickers may call it at the same time. Events of a queue with queue_disable_insert wait until that is over. When a
-- portion fails, its events are moved one by one, and one that fails is tried again after a minute; the others do not wait for it.
-- Tickers of PgQ get here through pgq.maint_retry_events(). Receivers that wait for parked events which are due now are woken, too.
--
-- Returns: number of events moved, put off or due where they are parked. Call it again until it is 0.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_delayed_events()
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set enable_sort = off -- a plan that was made while the table was empty stays in use
as $$
declare
    _now timestamptz := clock_timestamp();
    _queue record;
    _event record;
    _moved int4 := trunkline._wake_parked();
begin
    for _queue in
        select q.queue_id, q.queue_name
        from pgq.queue q
        where (not q.queue_disable_insert or current_setting('session_replication_role') = 'replica')
          and (
              select d.next_try from trunkline.delayed_event d where d.queue_id = q.queue_id order by d.next_try limit 1
          ) <= _now
    loop
        begin
            _moved := _moved + trunkline._move_delayed(_queue.queue_id, _queue.queue_name, _now, 1000, null);
            continue;
        exception
            when others then
                raise log 'delayed events of queue "%" are moved one by one: %', _queue.queue_name, sqlerrm;
        end;
        for _event in
            select d.event_id
            from trunkline.delayed_event d
            where d.queue_id = _queue.queue_id and d.next_try <= _now
            order by d.next_try
            limit 20
            for update skip locked
        loop
            begin
                perform trunkline._move_delayed(_queue.queue_id, _queue.queue_name, _now, 1, _event.event_id);
            exception
                when others then
                    raise warning 'event % of queue "%" cannot be delivered: %', _event.event_id, _queue.queue_name, sqlerrm
                        using errcode = sqlstate;
                    update trunkline.delayed_event d set next_try = _now + interval '1 minute'
                    where d.queue_id = _queue.queue_id and d.event_id = _event.event_id;
            end;
            _moved := _moved + 1;
        end loop;
    end loop;
    return _moved;
end
$$;
