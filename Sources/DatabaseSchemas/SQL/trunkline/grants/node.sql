-- Moving and renaming nodes is for administrators of the queue. Grants to a role that is missing are skipped.
do $$
declare
    _name regprocedure;
begin
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace and p.proname in ('withdraw_node', 'rename_node')
    loop
        execute pg_catalog.format('revoke all on function %s from public', _name);
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
            execute pg_catalog.format('grant execute on function %s to pgq_admin', _name);
        end if;
    end loop;
end
$$;
