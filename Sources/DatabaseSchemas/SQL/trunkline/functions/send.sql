-- Sends one event, or many, as part of the calling transaction: consumers get them after its commit, or not at all.
--
-- Parameters: queue: name of the queue; payload: content of the event, text or JSON; type: what kind of event it is; key: events
--     with one key are delivered in order to consumers that ask for that; headers: more about the event, as JSON;
--     delay, deliver_at: not before that much time from now, or not before this time; what is past already is sent at once;
--     dedup_key: a second event with the same key is not sent; dedup_window: for how long the key counts, from now, or of a
--     delayed event from the time when it is due.
--     The array forms send one event for each payload, in one statement; keys and dedup_keys are null or as long as payloads.
-- Returns: id of the event; of an event that was not sent because of its dedup_key the id of the one with this key that
--     was sent before. The array forms: one id for each payload.
-- Errors: no such queue; insufficient_privilege; queue_disable_insert and queue_per_tx_limit as in pgq.insert_event();
--     invalid_parameter_value: delay together with deliver_at, an infinite time, an array of another length;
--     serialization_failure in a REPEATABLE READ transaction, if the same dedup_key was sent after its snapshot.
-- Side effects: wakes the ticker if it sleeps. An event with the dedup_key of a transaction that is not finished waits for its end.
-- May be called by: everybody, for queues that he may produce into.
create or replace function trunkline.send(
    queue text,
    payload text,
    type text default null,
    key text default null,
    headers jsonb default null,
    delay interval default null,
    deliver_at timestamptz default null,
    dedup_key text default null,
    dedup_window interval default '1 day')
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
    -- the hottest path: one event, now, into a queue without limits
    if $6 is null and $7 is null and $8 is null then
        -- The transaction id comes first: before the event id, so that a tick which counts this event knows that its
        -- transaction runs, and before the slot, see pgq._insert_target().
        select q.queue_id,
               case when txid_current() is not null then nextval(q.queue_event_seq::regclass) end,
               pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)
        into _queue_id, _id, _slot
        from pgq.queue q
        where q.queue_name = $1 and not q.queue_disable_insert and q.queue_per_tx_limit is null;

        if _id is not null and _slot < 1000000 then -- a closed queue has a higher one, see pgq._close_queue()
            -- what trunkline._check_queue_right() asks, but quicker for those who may write into every queue; for the first
            -- statement see trunkline._caller()
            unlisten trunkline_restricted;
            if (session_user <> current_user or current_setting('role') <> 'none')
                and pg_has_role(case current_setting('role') when 'none' then session_user else current_setting('role')::name end,
                                to_regrole('pgq_writer')::oid, 'usage') is not true
            then
                perform trunkline._check_queue_right(_queue_id, $1, 'produce');
            end if;

            insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot,
                                            ev_type, ev_data, ev_extra3, ev_extra4)
            values (_id, now(), txid_current(), _queue_id, _slot, $3, $2, $5::text, $4);

            -- looked at after the event sequence was moved: a ticker that goes to sleep looks at that once more
            if pg_sequence_last_value('pgq.ticker_sleep_seq'::regclass) = 2 then
                perform pg_notify('trunkline_ticker', $1);
            end if;
            return _id;
        end if;
    end if;

    return (trunkline._send($1, array[$2], $3, array[$4], $5, $6, $7, array[$8], $9))[1];
end
$$;

create or replace function trunkline.send(
    queue text,
    payload jsonb,
    type text default null,
    key text default null,
    headers jsonb default null,
    delay interval default null,
    deliver_at timestamptz default null,
    dedup_key text default null,
    dedup_window interval default '1 day')
returns bigint
language sql
as $$
    select trunkline.send($1, $2::pg_catalog.text, $3, $4, $5, $6, $7, $8, $9)
$$;

create or replace function trunkline.send(
    queue text,
    payloads text[],
    type text default null,
    keys text[] default null,
    headers jsonb default null,
    delay interval default null,
    deliver_at timestamptz default null,
    dedup_keys text[] default null,
    dedup_window interval default '1 day')
returns bigint[]
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return trunkline._send($1, $2, $3, $4, $5, $6, $7, $8, $9);
end
$$;

create or replace function trunkline.send(
    queue text,
    payloads jsonb[],
    type text default null,
    keys text[] default null,
    headers jsonb default null,
    delay interval default null,
    deliver_at timestamptz default null,
    dedup_keys text[] default null,
    dedup_window interval default '1 day')
returns bigint[]
language sql
as $$
    select trunkline.send($1, $2::pg_catalog.text[], $3, $4, $5, $6, $7, $8, $9)
$$;
