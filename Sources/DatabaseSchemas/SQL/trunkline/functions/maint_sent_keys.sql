-- Removes deduplication keys whose window is over, at most 10000 of them; part of the regular maintenance (pgq.maint_operations).
--
-- Returns: 1 if there may be more, as maintenance functions do when they want to be called again at once, else 0.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_sent_keys()
returns int4
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := clock_timestamp();
    _count int4;
begin
    -- a key that somebody is sending again at this moment is left alone
    delete from trunkline.sent_key k
    using (
        select s.queue_id, s.dedup_key from trunkline.sent_key s
        where s.expires_at <= _now
        order by s.expires_at
        limit 10000
        for update skip locked
    ) e
    where k.queue_id = e.queue_id and k.dedup_key = e.dedup_key;
    get diagnostics _count = row_count;
    return case when _count = 10000 then 1 else 0 end;
end
$$;
