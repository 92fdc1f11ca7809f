-- Takes an event id for one event with a deduplication key, as _claim_keys() does for many, in less time.
--
-- Parameters: as of _claim_keys().
-- Returns: id: of this event, or of the one that was sent before; is_fresh: whether it is to be sent.
-- Errors: as of _claim_keys().
-- May be called by: functions of this schema only.
create or replace function trunkline._claim_key(
    i_queue_id int4,
    i_event_seq regclass,
    i_dedup_key text,
    i_expires_at timestamptz,
    out id int8,
    out is_fresh bool)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
-- a plan that was made while the table was empty stays in use
set enable_seqscan = off
as $$
begin
    if i_expires_at is null then
        raise exception 'dedup_window must not be NULL' using errcode = 'null_value_not_allowed';
    end if;

    select s.event_id into id
    from trunkline.sent_key s
    where s.queue_id = i_queue_id and s.dedup_key = i_dedup_key and s.expires_at > clock_timestamp();
    is_fresh := not found;
    if not is_fresh then
        return;
    end if;

    insert into trunkline.sent_key as s (queue_id, dedup_key, event_id, expires_at)
    values (i_queue_id, i_dedup_key, nextval(i_event_seq), i_expires_at)
    on conflict (queue_id, dedup_key) do update
        set event_id = excluded.event_id, expires_at = excluded.expires_at
        where s.expires_at <= clock_timestamp()
    returning s.event_id into id;
    is_fresh := found;
    if not is_fresh then -- the row that is in the way is locked now
        select s.event_id into id
        from trunkline.sent_key s
        where s.queue_id = i_queue_id and s.dedup_key = i_dedup_key;
    end if;
end
$$;
