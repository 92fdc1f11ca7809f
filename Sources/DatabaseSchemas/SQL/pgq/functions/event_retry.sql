-- Asks for an event of an open batch to be delivered again later, to this consumer only. The batch must still be finished.
--
-- Parameters: x_batch_id: the batch; x_event_id: the event; x_retry_time: not before this time, or x_retry_seconds: not
--     before this many seconds from now.
-- Returns: 1, or 0 if the event is waiting already.
-- Errors: the batch does not exist or has no such event.
-- May be called by: pgq_reader.
create or replace function pgq.event_retry(x_batch_id bigint, x_event_id bigint, x_retry_time timestamptz)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _event record;
begin
    select * into _sub from pgq.subscription where sub_batch = x_batch_id;
    if not found then
        raise exception 'event not found'
            using detail = format('There is no open batch %s.', x_batch_id);
    end if;
    perform 1 from pgq.retry_queue where ev_owner = _sub.sub_id and ev_id = x_event_id;
    if found then
        return 0;
    end if;

    _event := pgq._find_event(x_batch_id, x_event_id);
    if _event.ev_id is null then
        raise exception 'event not found'
            using detail = format('Batch %s has no event %s.', x_batch_id, x_event_id);
    end if;
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry,
                                 ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (x_retry_time, _sub.sub_queue, _event.ev_id, _event.ev_time, _sub.sub_id, coalesce(_event.ev_retry, 0) + 1,
            _event.ev_type, _event.ev_data, _event.ev_extra1, _event.ev_extra2, _event.ev_extra3, _event.ev_extra4)
    on conflict (ev_owner, ev_id) do nothing;
    return case when found then 1 else 0 end;
end
$$;

create or replace function pgq.event_retry(x_batch_id bigint, x_event_id bigint, x_retry_seconds integer)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq.event_retry(x_batch_id, x_event_id, now() + make_interval(secs => x_retry_seconds));
end
$$;
