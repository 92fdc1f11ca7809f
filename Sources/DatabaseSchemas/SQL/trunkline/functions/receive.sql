-- Hands out the next events to a consumer. They are done with trunkline.ack(), or fail with trunkline.nack().
--
-- Whoever asks again under the same name before that, because it crashed, gets the same events again under a new receipt; the old
-- receipt is refused from then on. Where nothing is new, nothing is written and no transaction id is taken. Events of a
-- batch that is larger than max_events are handed out in parts.
--
-- Parameters: queue, consumer: a registered consumer; max_events: upper limit (above zero), by which ticks are joined, too; a part
--     is only larger where several events have one id; member: name of the receiver, where several share the work of the
--     consumer; each event goes to one of them. Null: the consumer works alone. With the setting lanes (see set_consumer()),
--     events of one key come in their order, and never at the same time to two receivers.
-- Returns: receipt: for the other functions, the same for all events; event_id, type, payload, key, headers, extra1, extra2: the event;
--     attempt: 1, and one more after each failure; sent_at: time of the sending transaction. No rows: nothing is there at the moment.
-- Errors: those of _check_consumer_right(); bad number or name (invalid_parameter_value); the consumer's tick is gone
--     (data_corrupted); see _receive_shared().
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
    _group trunkline.lane_group;
begin
    if receive.max_events is null or receive.max_events < 1 then
        raise exception 'max_events cannot be %', coalesce(receive.max_events::text, 'null')
            using errcode = 'invalid_parameter_value', hint = 'It must be above zero.';
    end if;
    if _sub.sub_paused then
        return;
    end if;
    perform trunkline._check_member_name(_sub, receive.queue, receive.consumer, receive.member);

    loop
        select g.* into _group from trunkline.lane_group g
        where g.sub_queue = _sub.sub_queue and g.sub_consumer = _sub.sub_consumer;
        if _group.is_changing then
            perform trunkline._divide_lanes(_sub);
            select g.* into _group from trunkline.lane_group g
            where g.sub_queue = _sub.sub_queue and g.sub_consumer = _sub.sub_consumer;
            select s.* into _sub from pgq.subscription s
            where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer;
        end if;

        if _group.lanes is not null then
            return query select * from trunkline._receive_lane(_sub, _group, receive.member, receive.max_events);
        elsif receive.member is null then
            return query select * from trunkline._receive_alone(_sub, receive.max_events, _group.upto_tick);
        else
            return query
            select * from trunkline._receive_shared(
                _sub, receive.queue, receive.consumer, receive.member, receive.max_events, _group.upto_tick);
        end if;
        -- nothing, because lanes were divided anew at this moment: once more
        exit when found or not exists (
            select 1
            from pgq.subscription s
            left join trunkline.lane_group g on g.sub_queue = s.sub_queue and g.sub_consumer = s.sub_consumer
            where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer
              and (g.lanes is distinct from _group.lanes or s.sub_lane is distinct from _sub.sub_lane));
        select s.* into _sub from pgq.subscription s
        where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer;
    end loop;
end
$$;
