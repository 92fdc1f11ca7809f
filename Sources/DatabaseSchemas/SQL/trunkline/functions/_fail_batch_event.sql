-- Records the failure of an event of a batch that is open in the batch interface.
--
-- Parameters: i_sub: the subscription with the batch; i_main: the consumer; i_batch_id: the batch; i_event_id: the event; i_reason,
--     i_delay, i_dead: see trunkline.nack().
-- Returns: 'retry' or 'dead'.
-- Errors: the batch has no such event (invalid_parameter_value).
-- May be called by: functions of this schema only.
create or replace function trunkline._fail_batch_event(
    i_sub pgq.subscription, i_main int4, i_batch_id bigint, i_event_id bigint, i_reason text, i_delay interval, i_dead bool)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _found record;
    _event pgq.event_template;
    _result record;
    _is_dead bool;
begin
    _found := pgq._find_event(i_batch_id, i_event_id);
    if _found.ev_id is null then
        raise exception 'batch % has no event %', i_batch_id, i_event_id
            using errcode = 'invalid_parameter_value', hint = 'Give the ev_id of an event of the open batch.';
    end if;
    perform 1 from pgq.retry_queue r where r.ev_owner = i_sub.sub_id and r.ev_id = i_event_id;
    if found then
        return 'retry';
    end if;
    select f.is_dead into _is_dead from trunkline.failure f
    where f.sub_queue = i_sub.sub_queue and f.sub_id = i_sub.sub_id and f.ev_id = i_event_id and f.batch_id = i_batch_id
    limit 1;
    if found then
        return case when _is_dead then 'dead' else 'retry' end;
    end if;

    _event.ev_id := _found.ev_id;
    _event.ev_time := _found.ev_time;
    _event.ev_retry := _found.ev_retry;
    _event.ev_type := _found.ev_type;
    _event.ev_data := _found.ev_data;
    _event.ev_extra1 := _found.ev_extra1;
    _event.ev_extra2 := _found.ev_extra2;
    _event.ev_extra3 := _found.ev_extra3;
    _event.ev_extra4 := _found.ev_extra4;
    _result := trunkline._fail_event(i_sub, i_main, _event, i_reason, i_delay, i_dead, null, i_batch_id);
    if _result.retry_at is null then
        return 'dead';
    end if;
    perform trunkline._retry_later(i_sub, _event, _result.attempts, _result.retry_at);
    return 'retry';
end
$$;
