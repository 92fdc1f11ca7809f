-- Records a failure of an event, and moves the event to the dead letters if it was the last attempt.
--
-- Parameters: i_sub: the subscription of the consumer or the member; i_main: the consumer; i_event: the event; i_reason: why, for
--     people; i_delay: wait until the next attempt; null: by the settings of the consumer; i_dead: give it up now; i_receipt:
--     under which it was delivered, or i_batch_id: the batch of the batch interface.
-- Returns: attempts: how many there were; retry_at: when to deliver it again; null: it is a dead letter now.
-- May be called by: functions of this schema only.
create or replace function trunkline._fail_event(
    i_sub pgq.subscription,
    i_main int4,
    i_event pgq.event_template,
    i_reason text,
    i_delay interval,
    i_dead bool,
    i_receipt bigint,
    i_batch_id bigint,
    out attempts int4,
    out retry_at timestamptz)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _settings record;
begin
    _settings := trunkline._consumer_settings(i_sub.sub_queue, i_main);
    attempts := coalesce(i_event.ev_retry, 0) + 1;
    if attempts < _settings.max_attempts and not coalesce(i_dead, false) then
        retry_at := clock_timestamp() + coalesce(i_delay, trunkline._back_off(
            attempts, _settings.retry_delay, _settings.retry_max_delay));
    else
        insert into trunkline.dead_event (
            queue_id, consumer_name, sub_id, ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data,
            ev_extra1, ev_extra2, ev_extra3, ev_extra4, attempts, reason)
        select i_sub.sub_queue, c.co_name, i_sub.sub_id, i_event.ev_id, i_event.ev_time, i_event.ev_txid, i_event.ev_retry,
               i_event.ev_type, i_event.ev_data, i_event.ev_extra1, i_event.ev_extra2, i_event.ev_extra3, i_event.ev_extra4,
               _fail_event.attempts, i_reason
        from pgq.consumer c where c.co_id = i_main;
    end if;
    insert into trunkline.failure (sub_queue, sub_id, ev_id, attempt, reason, is_dead, receipt, batch_id)
    values (i_sub.sub_queue, i_sub.sub_id, i_event.ev_id, attempts, i_reason, retry_at is null, i_receipt, i_batch_id);
end
$$;
