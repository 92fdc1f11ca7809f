-- Takes event ids for those events of a call of send() that are to be sent: of all with one deduplication key only the first, and
-- none if the key was sent before and still counts.
--
-- Two transactions with one key: the later one waits here for the end of the earlier one. If that is committed, its event counts; if
-- not, the later one's does. Keys are claimed in their order, so that two calls with several keys do not wait for each other in a circle.
--
-- Parameters: i_queue_id, i_event_seq: the queue; i_dedup_keys: one for each event, null for events without;
--     i_expires_at: until when the keys count.
-- Returns: ids: for each event its id, or the id of the one that was sent before; fresh: the same, but null for
--     events that are not to be sent.
-- Errors: serialization_failure: a key was claimed by a transaction that the snapshot of this one does not see.
-- May be called by: functions of this schema only.
create or replace function trunkline._claim_keys(
    i_queue_id int4,
    i_event_seq regclass,
    i_dedup_keys text[],
    i_expires_at timestamptz,
    out ids int8[],
    out fresh int8[])
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
-- a plan that was made while the table was empty stays in use, and it costs more to make one for each call
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    _drawn int8[];
begin
    if i_expires_at is null then
        raise exception 'dedup_window must not be NULL' using errcode = 'null_value_not_allowed';
    end if;

    -- no ids for what is known to be there; a claim that is lost below leaves a gap, which is harmless
    select array_agg(case when e.dedup_key is null or (e.rank = 1 and not e.is_known)
                          then nextval(i_event_seq) end order by e.number)
    into _drawn
    from (
        select k.dedup_key, k.number, row_number() over (partition by k.dedup_key order by k.number) as rank,
               exists (
                   select 1 from trunkline.sent_key s
                   where s.queue_id = i_queue_id and s.dedup_key = k.dedup_key and s.expires_at > clock_timestamp()
               ) as is_known
        from unnest(i_dedup_keys) with ordinality k (dedup_key, number)
        order by k.number
    ) e;

    -- a row that is in the way and still counts stays locked, so the query below finds it
    insert into trunkline.sent_key as s (queue_id, dedup_key, event_id, expires_at)
    select i_queue_id, d.dedup_key, d.id, i_expires_at
    from unnest(i_dedup_keys, _drawn) d (dedup_key, id)
    where d.dedup_key is not null and d.id is not null
    order by d.dedup_key collate "C"
    on conflict (queue_id, dedup_key) do update
        set event_id = excluded.event_id, expires_at = excluded.expires_at
        where s.expires_at <= clock_timestamp();

    select array_agg(coalesce(w.event_id, w.id) order by w.number),
           array_agg(case when w.dedup_key is null or w.event_id = w.id then w.id end order by w.number)
    into ids, fresh
    from (
        select e.dedup_key, e.id, e.number,
               (select s.event_id from trunkline.sent_key s where s.queue_id = i_queue_id and s.dedup_key = e.dedup_key)
        from unnest(i_dedup_keys, _drawn) with ordinality e (dedup_key, id, number)
    ) w;
end
$$;
