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
    _xid int8;
    _queue_id int4;
    _slot int4;
    _limit int4;
    _disabled bool;
    _id int8;
    _ticker int8;
begin
    -- what pgq._insert_target() does, in place: this is the hottest path of all
    _xid := txid_current();
    select q.queue_id, nextval(q.queue_event_seq::regclass), q.queue_per_tx_limit, q.queue_disable_insert,
           pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)
    into _queue_id, _id, _limit, _disabled, _slot
    from pgq.queue q
    where q.queue_name = $1;

    if _queue_id is null or _disabled or _limit is not null then
        perform pgq._insert_target($1); -- raises the error, if there is one
        if _limit is not null then
            perform pgq._count_tx_events(_queue_id, $1, _limit, 1);
        end if;
    end if;

    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot,
                                    ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (_id, now(), _xid, _queue_id, _slot, $2, $3, $4, $5, $6, $7)
    returning pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) into _ticker;

    -- looked at after the event sequence was moved: a ticker that goes to sleep looks at that once more
    if _ticker = 2 then
        perform pg_notify('trunkline_ticker', $1);
    end if;
    return _id;
end
$$;
