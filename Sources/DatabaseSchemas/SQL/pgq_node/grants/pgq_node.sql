-- Privileges: what pgq_node grants, and nothing else. Grants to a role that is missing are skipped.
do $$
declare
    _item record;
begin
    grant usage on schema pgq_node to public;
    for _item in
        select p.oid::pg_catalog.regprocedure as name from pg_catalog.pg_proc p
        where p.pronamespace = 'pgq_node'::pg_catalog.regnamespace and p.prokind = 'f'
    loop
        execute pg_catalog.format('revoke all on function %s from public', _item.name);
    end loop;
    for _item in
        select r.role, f.oid::pg_catalog.regprocedure as name
        from (values
            ('{public}'::text[], array['version', 'is_root_node', 'is_leaf_node']),
            ('{pgq_reader, pgq_writer, pgq_admin}', array[
                'get_queue_locations', 'get_node_info', 'get_subscriber_info', 'get_consumer_info', 'get_consumer_state',
                'register_subscriber', 'unregister_subscriber', 'set_subscriber_watermark']),
            ('{pgq_writer, pgq_admin}', array[
                'register_consumer', 'unregister_consumer', 'change_consumer_provider', 'set_consumer_uptodate',
                'set_consumer_paused', 'set_consumer_completed', 'set_consumer_error']),
            ('{pgq_admin}', array[
                'upgrade_schema', 'register_location', 'unregister_location', 'create_node', 'drop_node', 'demote_root',
                'promote_branch', 'set_node_attrs', 'get_worker_state', 'set_global_watermark', 'set_partition_watermark',
                'maint_watermark'])
        ) g (roles, functions)
        cross join lateral unnest(g.roles) r (role)
        join pg_catalog.pg_proc f
            on f.pronamespace = 'pgq_node'::pg_catalog.regnamespace and f.proname = any (g.functions)
        where r.role = 'public' or exists (select 1 from pg_catalog.pg_roles p where p.rolname = r.role)
    loop
        execute pg_catalog.format('grant execute on function %s to %s', _item.name, _item.role);
    end loop;

    for _item in select rolname as role from pg_catalog.pg_roles where rolname in ('pgq_reader', 'pgq_writer', 'pgq_admin') loop
        execute pg_catalog.format('grant select on pgq_node.node_location, pgq_node.node_info, pgq_node.local_state,'
                                  ' pgq_node.subscriber_info to %I', _item.role);
    end loop;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant insert, update, delete
            on pgq_node.node_location, pgq_node.node_info, pgq_node.local_state, pgq_node.subscriber_info to pgq_admin;
    end if;
end
$$;
