-- Captured DDL: administrators of the queue set policies and decide, everybody may see what they are. Grants to a role that is missing
-- are skipped.
do $$
declare
    _item record;
begin
    grant select on trunkline.ddl_policy, trunkline.ddl_decision to public;
    for _item in
        select p.oid::regprocedure as name, r.role
        from (values ('set_ddl_policy', 'pgq_admin'), ('decide_ddl', 'pgq_admin'),
                     ('ddl_plan', 'pgq_admin'), ('ddl_plan', 'pgq_reader')) r (function, role)
        join pg_catalog.pg_proc p on p.proname = r.function and p.pronamespace = 'trunkline'::regnamespace
    loop
        execute pg_catalog.format('revoke all on function %s from public', _item.name);
        if exists (select 1 from pg_catalog.pg_roles where rolname = _item.role) then
            execute pg_catalog.format('grant execute on function %s to %I', _item.name, _item.role);
        end if;
    end loop;
end
$$;
