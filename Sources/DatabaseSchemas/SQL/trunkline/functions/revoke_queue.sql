-- Takes back what grant_queue() gave. Consumers of the role stay registered, but the role cannot work as them any more.
--
-- Parameters: queue, role, privilege: see grant_queue(); the role need not exist any more.
-- Returns: 1 if it was taken back, 0 if the role did not have it.
-- Errors: no such queue (undefined_object); the caller may not (insufficient_privilege).
-- May be called by: as grant_queue().
create or replace function trunkline.revoke_queue(queue text, role name, privilege text)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(
        revoke_queue.queue, case revoke_queue.privilege when 'manage' then 'all' else 'manage' end);
begin
    delete from trunkline.queue_grant g
    where g.queue_id = _queue_id and g.role = revoke_queue.role and g.privilege = revoke_queue.privilege;
    return case when found then 1 else 0 end;
end
$$;
