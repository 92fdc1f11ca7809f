-- Looks whether a role may do something with a queue.
--
-- Parameters: i_role: who; i_queue_id: the queue; i_privilege: 'produce', 'consume' or 'manage', which implies both; 'all': on
--     every queue (the owner of the schema, pgq_admin, superusers).
-- Returns: whether it may. What roles grant counts as far as it is inherited without SET ROLE.
-- May be called by: functions of this schema only.
create or replace function trunkline._has_queue_right(i_role name, i_queue_id int4, i_privilege text)
returns bool
language sql
stable
as $$
    select coalesce(pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_admin')::oid, 'usage'), false)
        or case i_privilege
               when 'produce'
               then coalesce(pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_writer')::oid, 'usage'), false)
               when 'consume'
               then coalesce(pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_reader')::oid, 'usage'), false)
               else false
           end
        or pg_catalog.pg_has_role(
               i_role, (select n.nspowner from pg_catalog.pg_namespace n where n.nspname = 'trunkline'), 'usage')
        or exists (
            select 1 from trunkline.queue_grant g
            where g.queue_id = i_queue_id and g.privilege in (i_privilege, 'manage') and i_privilege <> 'all'
              and (g.role = 'public'
                   or coalesce(pg_catalog.pg_has_role(
                          i_role, pg_catalog.to_regrole(pg_catalog.quote_ident(g.role))::oid, 'usage'), false)))
$$;
