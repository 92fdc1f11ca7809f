-- Sends events: everything that send() can do.
--
-- Parameters: as of send(); i_keys and i_dedup_keys: null, or one element, which may be null, for each payload.
-- Returns: one id for each payload.
-- Errors: see send().
-- May be called by: functions of this schema only; it checks the caller's right itself.
create or replace function trunkline._send(
    i_queue text,
    i_payloads text[],
    i_type text,
    i_keys text[],
    i_headers jsonb,
    i_delay interval,
    i_deliver_at timestamptz,
    i_dedup_keys text[],
    i_window interval)
returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- it costs more to make one for each call
as $$
declare
    _target record;
    _ids int8[];
    _result int8[];
    _now timestamptz := clock_timestamp();
    _due timestamptz := trunkline._due_time(i_delay, i_deliver_at, _now);
    _count int4 := cardinality(i_payloads);
begin
    if _count is null then
        raise exception 'payloads must not be NULL' using errcode = 'null_value_not_allowed';
    end if;
    if cardinality(i_keys) <> _count or cardinality(i_dedup_keys) <> _count then
        raise exception 'keys and dedup_keys must be as many as payloads'
            using errcode = 'invalid_parameter_value',
                  detail = format('There are %s payloads, %s keys and %s dedup_keys.', _count,
                                  coalesce(cardinality(i_keys)::text, 'no'),
                                  coalesce(cardinality(i_dedup_keys)::text, 'no')),
                  hint = 'Elements may be null.';
    end if;

    perform trunkline._find_queue(i_queue, 'produce');
    -- takes the transaction id, before the event ids and the slot
    _target := pgq._insert_target(i_queue);

    if _count = 1 and (i_dedup_keys)[array_lower(i_dedup_keys, 1)] is not null then
        select array[k.id], array[case when k.is_fresh then k.id end] into _result, _ids
        from trunkline._claim_key(_target.queue_id, _target.event_seq, i_dedup_keys[array_lower(i_dedup_keys, 1)],
                                  coalesce(_due, _now) + i_window) k;
        if _ids[1] is null then
            return _result;
        end if;
    elsif cardinality(array_remove(i_dedup_keys, null)) > 0 then
        select k.ids, k.fresh into _result, _ids
        from trunkline._claim_keys(_target.queue_id, _target.event_seq, i_dedup_keys,
                                   coalesce(_due, _now) + i_window) k;
    else
        select array_agg(nextval(_target.event_seq)) into _ids from generate_series(1, _count);
        _result := _ids;
    end if;
    if _target.per_tx_limit is not null then
        perform pgq._count_tx_events(_target.queue_id, i_queue, _target.per_tx_limit, cardinality(array_remove(_ids, null)));
    end if;

    if _due is null then
        insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot,
                                        ev_type, ev_data, ev_extra3, ev_extra4)
        select e.id, now(), txid_current(), _target.queue_id, _target.slot, i_type, e.payload, i_headers::text, e.key
        from unnest(_ids, i_payloads, i_keys) e (id, payload, key)
        where e.id is not null;
    else
        insert into trunkline.delayed_event (queue_id, event_id, deliver_at, sent_at, next_try,
                                             type, payload, headers, key, dedup_key)
        select _target.queue_id, e.id, _due, _now, _due, i_type, e.payload, i_headers::text, e.key, e.dedup_key
        from unnest(_ids, i_payloads, i_keys, i_dedup_keys) e (id, payload, key, dedup_key)
        where e.id is not null;
        perform trunkline._announce_due(_due);
    end if;
    return coalesce(_result, '{}');
end
$$;
