-- Puts a failed event into the retry queue of its consumer.
--
-- Parameters: i_sub: the subscription of the consumer or the member; i_event: the event; i_attempts: how often it failed;
--     i_retry_at: when to deliver it again.
-- May be called by: functions of this schema only.
create or replace function trunkline._retry_later(
    i_sub pgq.subscription, i_event pgq.event_template, i_attempts int4, i_retry_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry,
                                 ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (i_retry_at, i_sub.sub_queue, i_event.ev_id, i_event.ev_time, i_sub.sub_id, i_attempts,
            i_event.ev_type, i_event.ev_data, i_event.ev_extra1, i_event.ev_extra2, i_event.ev_extra3, i_event.ev_extra4)
    on conflict (ev_owner, ev_id) do nothing;
    if not found then
        -- another event of this id waits already, as somebody inserted both with this id: it goes on under a new one
        insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry,
                                     ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
        select i_retry_at, i_sub.sub_queue, nextval(q.queue_event_seq::regclass), i_event.ev_time, i_sub.sub_id, i_attempts,
               i_event.ev_type, i_event.ev_data, i_event.ev_extra1, i_event.ev_extra2, i_event.ev_extra3, i_event.ev_extra4
        from pgq.queue q where q.queue_id = i_sub.sub_queue;
    end if;
end
$$;
