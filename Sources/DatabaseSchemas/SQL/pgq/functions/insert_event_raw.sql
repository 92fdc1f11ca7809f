-- Inserts an event with all its fields. One value of the event sequence is always used up, even if ev_id is given: that is
-- how the ticker sees that there is something new.
--
-- Parameters: queue_name: name of the queue; ev_id, ev_time: null: next id, the time now; ev_owner: null: for every consumer,
--     else sub_id of the only one; ev_retry: how often it was retried, or null; the others: contents.
-- Returns: id of the event.
-- Errors: see pgq._insert_target() and pgq._count_tx_events().
-- May be called by: pgq_admin.
create or replace function pgq.insert_event_raw(
    queue_name text,
    ev_id bigint,
    ev_time timestamptz,
    ev_owner integer,
    ev_retry integer,
    ev_type text,
    ev_data text,
    ev_extra1 text,
    ev_extra2 text,
    ev_extra3 text,
    ev_extra4 text)
returns bigint
language plpgsql
as $$
declare
    _target record;
    _next int8;
    _id int8;
begin
    _target := pgq._insert_target(queue_name);
    if _target.per_tx_limit is not null then
        perform pgq._count_tx_events(_target.queue_id, queue_name, _target.per_tx_limit, 1);
    end if;
    _next := nextval(_target.event_seq);
    _id := coalesce(ev_id, _next);
    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_owner, ev_retry, ev_queue, ev_slot,
                                    ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (_id, coalesce($3, now()), txid_current(), $4, $5, _target.queue_id, _target.slot, $6, $7, $8, $9, $10, $11);
    return _id;
end
$$;
