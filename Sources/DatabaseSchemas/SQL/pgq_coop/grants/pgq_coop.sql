-- Privileges: members need the role that consumers need. Grants to a role that is missing are skipped.
do $$
declare
    _item record;
begin
    grant usage on schema pgq_coop to public;
    for _item in
        select p.oid::pg_catalog.regprocedure as name from pg_catalog.pg_proc p
        where p.pronamespace = 'pgq_coop'::pg_catalog.regnamespace and p.prokind = 'f'
    loop
        execute pg_catalog.format('revoke all on function %s from public', _item.name);
    end loop;
    for _item in
        select g.role, f.oid::pg_catalog.regprocedure as name
        from (values
            ('public', array['version']),
            ('pgq_reader', array[
                'register_subconsumer', 'unregister_subconsumer', 'next_batch', 'next_batch_custom', 'finish_batch']),
            ('pgq_admin', array['upgrade_schema'])
        ) g (role, functions)
        join pg_catalog.pg_proc f
            on f.pronamespace = 'pgq_coop'::pg_catalog.regnamespace and f.proname = any (g.functions)
        where g.role = 'public' or exists (select 1 from pg_catalog.pg_roles r where r.rolname = g.role)
    loop
        execute pg_catalog.format('grant execute on function %s to %s', _item.name, _item.role);
    end loop;
    grant select on pgq_coop.released_batch to public;
end
$$;
