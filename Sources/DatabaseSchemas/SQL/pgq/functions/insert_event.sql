-- Inserts one event into a queue, as part of the calling transaction.
--
-- Parameters: queue_name: name of the queue; the others are the event's fields, not interpreted here.
-- Returns: id of the event.
-- Errors: see pgq._insert_target() and pgq._count_tx_events().
-- May be called by: pgq_writer.
create or replace function pgq.insert_event(queue_name text, ev_type text, ev_data text)
returns bigint
language plpgsql
as $$
begin
    return pgq.insert_event($1, $2, $3, null, null, null, null);
end
$$;

create or replace function pgq.insert_event(
    queue_name text,
    ev_type text,
    ev_data text,
    ev_extra1 text,
    ev_extra2 text,
    ev_extra3 text,
    ev_extra4 text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _target record;
    _id int8;
begin
    _target := pgq._insert_target($1);
    if _target.per_tx_limit is not null then
        perform pgq._count_tx_events(_target.queue_id, $1, _target.per_tx_limit, 1);
    end if;
    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot,
                                    ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (nextval(_target.event_seq), now(), txid_current(), _target.queue_id, _target.slot, $2, $3, $4, $5, $6, $7)
    returning event_template.ev_id into _id;
    return _id;
end
$$;
