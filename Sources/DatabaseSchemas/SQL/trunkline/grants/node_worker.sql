-- Working for a node is for pgq_admin.
do $$
declare
    _name regprocedure;
begin
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('claim_node', 'advance_node', 'acknowledge_node', 'set_node_error', 'stage_node_events',
                            'insert_node_events', 'insert_merged_events', 'make_node_tick')
    loop
        execute pg_catalog.format('revoke all on function %s from public', _name);
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
            execute pg_catalog.format('grant execute on function %s to pgq_admin', _name);
        end if;
    end loop;
    grant select on trunkline.node_lease to public;
end
$$;
