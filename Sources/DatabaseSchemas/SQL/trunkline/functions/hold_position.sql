-- Called in the target, in a transaction that writes for a worker without moving its position: refuses it when another worker has
-- claimed the position, and keeps others from claiming it before the transaction ends. Several transactions may hold it at once.
--
-- Parameters: as claim_position(); i_lease: what it returned.
-- Returns: nothing.
-- Errors: another worker claimed the position (TL001).
-- May be called by: the owner of the schema and roles it is granted to.
create or replace function trunkline.hold_position(
    i_origin_id uuid, i_queue_name text, i_consumer_name text, i_lease bigint)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _row trunkline.position;
begin
    select * into _row from trunkline.position p
    where p.origin_id = i_origin_id and p.queue_name = i_queue_name and p.consumer_name = i_consumer_name
    for share;
    if _row.lease is distinct from i_lease then
        raise exception 'the position of consumer "%" on queue "%" was claimed by another worker', i_consumer_name, i_queue_name
            using errcode = 'TL001',
                  detail = format('Lease %s is no longer valid: lease %s was given to %s.', i_lease, _row.lease, _row.holder),
                  hint = 'Only one worker may apply a queue under a consumer name; stop one of them.';
    end if;
end
$$;
