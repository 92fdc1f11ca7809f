-- Parks an event behind those of its key that are parked; the key itself must be there.
--
-- Parameters: i_sub: the subscription of the lane; i_main: the consumer; i_event: the event; i_attempts: how often it failed.
-- May be called by: functions of this schema only.
create or replace function trunkline._park(i_sub pgq.subscription, i_main int4, i_event pgq.event_template, i_attempts int4)
returns void
language sql
as $$
    insert into trunkline.parked_event (
        sub_queue, main_consumer, hash, ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values ((i_sub).sub_queue, i_main, trunkline._event_hash(i_event), (i_event).ev_id, (i_event).ev_time, (i_event).ev_txid,
            i_attempts, (i_event).ev_type, (i_event).ev_data, (i_event).ev_extra1, (i_event).ev_extra2, (i_event).ev_extra3,
            (i_event).ev_extra4)
$$;
