-- Hands out the next events to a consumer. They are done with trunkline.ack(), or fail with trunkline.nack().
--
-- Whoever asks again under the same name before that, because it crashed, gets the same events again under a new receipt; the old
-- receipt is refused from then on. Where nothing is new, nothing is written and no transaction id is taken. Events of a
-- batch that is larger than max_events are handed out in parts.
--
-- Parameters: queue, consumer: a registered consumer; max_events: upper limit (above zero), by which ticks are joined, too; a part
--     is only larger where several events have one id; member: name of the receiver, where several share the work of the
--     consumer; each event goes to one of them. Null: the consumer works alone.
-- Returns: receipt: for the other functions, the same for all events; event_id, type, payload, key, headers, extra1, extra2: the event;
--     attempt: 1, and one more after each failure; sent_at: time of the sending transaction. No rows: nothing is there at the moment.
-- Errors: those of _check_consumer_right(); the consumer's tick is gone (data_corrupted).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.receive(
    queue text, consumer text, max_events int default 100, member text default null)
returns table (
    receipt bigint, event_id bigint, type text, payload text, key text, headers text, attempt int, sent_at timestamptz,
    extra1 text, extra2 text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription := trunkline._check_consumer_right(receive.queue, receive.consumer);
begin
    if receive.max_events is null or receive.max_events < 1 then
        raise exception 'max_events cannot be %', coalesce(receive.max_events::text, 'null')
            using errcode = 'invalid_parameter_value', hint = 'It must be above zero.';
    end if;
    if _sub.sub_paused then
        return;
    end if;
    return query select * from trunkline._receive_alone(_sub, receive.max_events);
end
$$;
