-- Called in the target: makes the calling worker the only one that may apply this queue here, and says from where.
--
-- Parameters: i_origin_id, i_epoch, i_queue_name, i_consumer_name: the source, see trunkline.origin; i_start_tick: where to
--     begin if nothing was ever applied; i_holder: who works, for people to read, another one for each start of a worker;
--     i_held_lease: the lease that the worker had before it lost its connection, null at its first start. One that the same
--     holder was given since is its own: the answer was lost.
-- Returns: lease: to pass to advance_position(); last_tick: the tick up to which everything is applied.
-- Errors: the position belongs to another epoch of the source (object_not_in_prerequisite_state); another worker claimed
--     the position since i_held_lease was given (TL001).
-- May be called by: the owner of the schema and roles it is granted to.
drop function if exists trunkline.claim_position(uuid, int4, text, text, bigint, text);
create or replace function trunkline.claim_position(
    i_origin_id uuid, i_epoch int4, i_queue_name text, i_consumer_name text, i_start_tick bigint, i_holder text,
    i_held_lease bigint default null,
    out lease bigint, out last_tick bigint)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _epoch int4;
    _holder text;
begin
    insert into trunkline.position as p (origin_id, queue_name, consumer_name, epoch, last_tick, lease, holder)
    values (i_origin_id, i_queue_name, i_consumer_name, i_epoch, i_start_tick, 1, i_holder)
    on conflict (origin_id, queue_name, consumer_name) do update
    set lease = p.lease + 1, holder = excluded.holder
    where i_held_lease is null or p.lease = i_held_lease or p.holder = i_holder
    returning p.lease, p.last_tick, p.epoch into claim_position.lease, claim_position.last_tick, _epoch;
    if not found then
        select p.holder into _holder from trunkline.position p
        where p.origin_id = i_origin_id and p.queue_name = i_queue_name and p.consumer_name = i_consumer_name;
        raise exception 'the position of consumer "%" on queue "%" was claimed by another worker', i_consumer_name, i_queue_name
            using errcode = 'TL001',
                  detail = format('Lease %s is no longer valid: it was given to %s.', i_held_lease, _holder),
                  hint = 'Only one worker may apply a queue under a consumer name; stop one of them.';
    end if;
    if _epoch <> i_epoch then
        raise exception 'the position of consumer "%" on queue "%" belongs to epoch % of its source, which is at epoch %',
                i_consumer_name, i_queue_name, _epoch, i_epoch
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'The source was restored: copy the tables again under a new consumer name.';
    end if;
end
$$;
