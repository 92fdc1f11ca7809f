-- One dead letter with all its fields, and how it failed.
--
-- Parameters: dead_id: of trunkline.list_dead().
-- Returns: as list_dead(), and: headers, extra1, extra2: of the event; failures: JSON array, an object for each failure of the last
--     week: attempt, reason, failed_at. No row: there is none, or the caller may not see it.
-- May be called by: everybody.
create or replace function trunkline.get_dead(dead_id bigint)
returns table (
    queue_name text, consumer_name text, event_id bigint, type text, payload text, key text, headers text,
    extra1 text, extra2 text, attempts int, reason text, sent_at timestamptz, died_at timestamptz, failures jsonb)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select q.queue_name, d.consumer_name, d.ev_id, d.ev_type, d.ev_data, d.ev_extra4, d.ev_extra3, d.ev_extra1, d.ev_extra2,
           d.attempts, d.reason, d.ev_time, d.died_at,
           (select coalesce(jsonb_agg(jsonb_build_object(
                       'attempt', f.attempt, 'reason', f.reason, 'failed_at', f.failed_at) order by f.failed_at), '[]')
            from trunkline.failure f
            where f.sub_queue = d.queue_id and f.sub_id = d.sub_id and f.ev_id = d.ev_id)
    from trunkline.dead_event d
    join pgq.queue q on q.queue_id = d.queue_id
    where d.dead_id = get_dead.dead_id and trunkline._may_see_dead(d.queue_id, d.consumer_name);
end
$$;
