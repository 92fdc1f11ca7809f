-- Called in the target, first thing in the transaction that applies a batch: moves the position over it.
--
-- Parameters: as claim_position(); i_lease: what it returned; i_prev_tick, i_cur_tick: begin and end of the batch;
--     i_events: events of the batch, for the statistics.
-- Returns: true; false if the batch was applied before (its transaction must then do nothing).
-- Errors: another worker claimed the position (TL001); the batch does not begin where the last one ended
--     (object_not_in_prerequisite_state).
-- May be called by: the owner of the schema and roles it is granted to.
create or replace function trunkline.advance_position(
    i_origin_id uuid, i_queue_name text, i_consumer_name text, i_lease bigint,
    i_prev_tick bigint, i_cur_tick bigint)
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _row trunkline.position;
begin
    select * into _row from trunkline.position p
    where p.origin_id = i_origin_id and p.queue_name = i_queue_name and p.consumer_name = i_consumer_name
    for no key update;
    if _row.lease is distinct from i_lease then
        raise exception 'the position of consumer "%" on queue "%" was claimed by another worker', i_consumer_name, i_queue_name
            using errcode = 'TL001',
                  detail = format('Lease %s is no longer valid: lease %s was given to %s.', i_lease, _row.lease, _row.holder),
                  hint = 'Only one worker may apply a queue under a consumer name; stop one of them.';
    end if;
    if _row.last_tick = i_cur_tick then
        return false;
    end if;
    if _row.last_tick <> i_prev_tick then
        raise exception 'batch from tick % to % does not follow tick %, up to which queue "%" is applied here',
                i_prev_tick, i_cur_tick, _row.last_tick, i_queue_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Restart the worker: it moves the consumer to the applied tick.';
    end if;
    update trunkline.position p
    set last_tick = i_cur_tick, updated_at = clock_timestamp(), error = null
    where p.origin_id = i_origin_id and p.queue_name = i_queue_name and p.consumer_name = i_consumer_name;
    return true;
end
$$;
