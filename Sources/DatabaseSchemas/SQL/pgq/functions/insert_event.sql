-- Inserts one event into a queue, as part of the calling transaction.
--
-- The hottest path of all: it does what pgq._insert_target() does in place, and the short form does not call the long one.
--
-- Parameters: queue_name: name of the queue; the others are the event's fields, not interpreted here.
-- Returns: id of the event.
-- Errors: see pgq._insert_target() and pgq._count_tx_events().
-- May be called by: pgq_writer.
create or replace function pgq.insert_event(queue_name text, ev_type text, ev_data text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4;
    _slot int4;
    _id int8;
begin
    -- The transaction id comes first: before the event id, so that a tick which counts this event knows that its
    -- transaction runs, and before the slot, see pgq._insert_target().
    select q.queue_id,
           case when txid_current() is not null then nextval(q.queue_event_seq::regclass) end,
           pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)
    into _queue_id, _id, _slot
    from pgq.queue q
    where q.queue_name = $1 and not q.queue_disable_insert and q.queue_per_tx_limit is null;

    if _id is null or _slot >= 1000000 then -- a limit to count against, or an error to raise
        return pgq.insert_event_raw($1, null, now(), null, null, $2, $3, null, null, null, null);
    end if;

    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot,
                                    ev_type, ev_data)
    values (_id, now(), txid_current(), _queue_id, _slot, $2, $3);

    -- looked at after the event sequence was moved: a ticker that goes to sleep looks at that once more
    if pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) = 2 then
        perform pg_notify('trunkline_ticker', $1);
    end if;
    return _id;
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
    _queue_id int4;
    _slot int4;
    _id int8;
begin
    -- The transaction id comes first: before the event id, so that a tick which counts this event knows that its
    -- transaction runs, and before the slot, see pgq._insert_target().
    select q.queue_id,
           case when txid_current() is not null then nextval(q.queue_event_seq::regclass) end,
           pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)
    into _queue_id, _id, _slot
    from pgq.queue q
    where q.queue_name = $1 and not q.queue_disable_insert and q.queue_per_tx_limit is null;

    if _id is null or _slot >= 1000000 then -- a limit to count against, or an error to raise
        return pgq.insert_event_raw($1, null, now(), null, null, $2, $3, $4, $5, $6, $7);
    end if;

    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot,
                                    ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (_id, now(), txid_current(), _queue_id, _slot, $2, $3, $4, $5, $6, $7);

    -- looked at after the event sequence was moved: a ticker that goes to sleep looks at that once more
    if pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) = 2 then
        perform pg_notify('trunkline_ticker', $1);
    end if;
    return _id;
end
$$;
