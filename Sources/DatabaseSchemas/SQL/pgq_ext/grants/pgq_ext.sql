-- Privileges: who writes into the target tracks there, with the role of writers. Grants to a missing role are skipped.
do $$
declare
    _function pg_catalog.regprocedure;
begin
    grant usage on schema pgq_ext to public;
    for _function in
        select p.oid::pg_catalog.regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'pgq_ext'::pg_catalog.regnamespace and p.prokind = 'f'
    loop
        execute pg_catalog.format('revoke all on function %s from public', _function);
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_writer') then
            execute pg_catalog.format('grant execute on function %s to pgq_writer', _function);
        end if;
    end loop;
    grant execute on function pgq_ext.version() to public;
end
$$;
