-- Asks for all events of an open batch to be delivered again later, to this consumer only. The batch must still be finished.
--
-- Parameters: i_batch_id: the batch; i_retry_seconds: not before this many seconds from now.
-- Returns: number of events put aside; those that wait already are not counted.
-- Errors: no such batch.
-- May be called by: pgq_reader.
create or replace function pgq.batch_retry(i_batch_id bigint, i_retry_seconds integer)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _count int4;
begin
    select * into _sub from pgq.subscription where sub_batch = i_batch_id;
    if not found then
        raise exception 'batch_retry: batch % not found', i_batch_id;
    end if;
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry,
                                 ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    select now() + make_interval(secs => i_retry_seconds), _sub.sub_queue, b.ev_id, b.ev_time, _sub.sub_id,
           coalesce(b.ev_retry, 0) + 1,
           b.ev_type, b.ev_data, b.ev_extra1, b.ev_extra2, b.ev_extra3, b.ev_extra4
    from pgq.get_batch_events(i_batch_id) b
    on conflict (ev_owner, ev_id) do nothing;
    get diagnostics _count = row_count;
    return _count;
end
$$;
