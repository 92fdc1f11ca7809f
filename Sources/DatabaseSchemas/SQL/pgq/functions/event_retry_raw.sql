-- Puts an event into the retry queue of one consumer, as if it had asked for it.
--
-- Parameters: x_queue, x_consumer: the consumer; x_retry_after: when to deliver it; x_ev_id: null: next id of the queue; the
--     others: contents of the event.
-- Returns: id of the event.
-- Errors: the consumer is not registered; x_ev_time is null; the event is waiting already.
-- May be called by: pgq_admin.
create or replace function pgq.event_retry_raw(
    x_queue text,
    x_consumer text,
    x_retry_after timestamptz,
    x_ev_id bigint,
    x_ev_time timestamptz,
    x_ev_retry integer,
    x_ev_type text,
    x_ev_data text,
    x_ev_extra1 text,
    x_ev_extra2 text,
    x_ev_extra3 text,
    x_ev_extra4 text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub record;
    _id int8;
begin
    select s.sub_id, s.sub_queue, q.queue_event_seq into _sub
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = x_queue and c.co_name = x_consumer;
    if not found then
        raise exception 'consumer not registered'
            using detail = format('Consumer "%s" is not registered on queue "%s".', x_consumer, x_queue);
    end if;

    _id := coalesce(x_ev_id, nextval(_sub.queue_event_seq::regclass));
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry,
                                 ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (x_retry_after, _sub.sub_queue, _id, x_ev_time, _sub.sub_id, x_ev_retry,
            x_ev_type, x_ev_data, x_ev_extra1, x_ev_extra2, x_ev_extra3, x_ev_extra4);
    return _id;
end
$$;
