-- Lets a role produce into, consume from or manage one queue. pgq_writer, pgq_reader and pgq_admin may do so with all queues
-- without this.
--
-- Parameters: queue: name of the queue; role: an existing role, or 'public' for everybody; privilege: 'produce': send; 'consume':
--     register consumers and work as these, and as no others; 'manage': both, work as every consumer, change settings and limits,
--     and grant the other two.
-- Returns: 1 if it was granted, 0 if the role had it already.
-- Errors: no such queue or role (undefined_object); no such privilege (invalid_parameter_value); the caller may not
--     (insufficient_privilege).
-- May be called by: everybody, for queues that he manages; 'manage' itself is granted by pgq_admin only.
create or replace function trunkline.grant_queue(queue text, role name, privilege text)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4;
begin
    if coalesce(grant_queue.privilege not in ('produce', 'consume', 'manage'), true) then
        raise exception 'there is no privilege "%" on queues', grant_queue.privilege
            using errcode = 'invalid_parameter_value', hint = 'produce, consume and manage can be granted.';
    end if;
    _queue_id := trunkline._find_queue(
        grant_queue.queue, case grant_queue.privilege when 'manage' then 'all' else 'manage' end);
    if coalesce(grant_queue.role <> 'public' and to_regrole(quote_ident(grant_queue.role)) is null, true) then
        raise exception 'role "%" does not exist', grant_queue.role
            using errcode = 'undefined_object', hint = 'Create it first, or grant to ''public''.';
    end if;

    insert into trunkline.queue_grant (queue_id, role, privilege, granted_by)
    values (_queue_id, grant_queue.role, grant_queue.privilege, trunkline._caller())
    on conflict do nothing;
    return case when found then 1 else 0 end;
end
$$;
