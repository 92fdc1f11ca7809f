-- Looks whether a role may do something with a queue.
--
-- Parameters: i_role: who; i_queue_id: the queue; i_privilege: 'produce', 'consume' or 'manage', which implies both; 'all': on
--     every queue (the owner of the schema, pgq_admin, superusers).
-- Returns: whether it may. What roles grant counts as far as it is inherited without SET ROLE.
-- May be called by: functions of this schema only.
create or replace function trunkline._has_queue_right(i_role name, i_queue_id int4, i_privilege text)
returns bool
language plpgsql
as $$
begin
    -- one after the other: most callers have the first, and none of them needs a query; a role that is missing is null
    if i_privilege = 'produce' and pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_writer')::oid, 'usage')
        or i_privilege = 'consume' and pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_reader')::oid, 'usage')
        or pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_admin')::oid, 'usage')
    then
        return true;
    end if;
    if i_privilege <> 'all' and exists (
        select 1 from trunkline.queue_grant g
        where g.queue_id = i_queue_id and g.privilege in (i_privilege, 'manage')
          and (g.role = 'public'
               or pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole(pg_catalog.quote_ident(g.role))::oid, 'usage')))
    then
        return true;
    end if;
    return pg_catalog.pg_has_role(i_role, n.nspowner, 'usage') from pg_catalog.pg_namespace n where n.nspname = 'trunkline';
end
$$;
