-- Refuses to work as a consumer that was evicted, telling what it missed and how it comes back.
--
-- Parameters: i_queue_name, i_consumer_name: a consumer that is not registered.
-- Errors: it was evicted (object_not_in_prerequisite_state). Otherwise nothing happens.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_eviction(i_queue_name text, i_consumer_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _eviction trunkline.eviction;
begin
    select * into _eviction from trunkline.eviction e where e.queue = i_queue_name and e.consumer = i_consumer_name;
    if found then
        raise exception 'consumer "%" was evicted from queue "%" at %', i_consumer_name, i_queue_name, _eviction.evicted_at
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('%s It misses about %s events, from tick %s (%s) on; up to tick %s (%s) they were there when it was'
                                  ' evicted.', _eviction.reason, _eviction.events_estimate,
                                  _eviction.last_tick, _eviction.last_tick_time, _eviction.end_tick, _eviction.end_tick_time),
                  hint = format('Repair what depends on the missed events, then register it again: trunkline consumer register %s %s'
                                ' --from latest (or earliest: what is still there), or select trunkline.register(%L, %L, ''latest'').',
                                i_queue_name, i_consumer_name, i_queue_name, i_consumer_name);
    end if;
end
$$;
