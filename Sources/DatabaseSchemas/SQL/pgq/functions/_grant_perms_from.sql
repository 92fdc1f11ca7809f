-- Gives a table the privileges of another one.
--
-- Parameters: schema and name of the table to copy from, and of the one to change.
-- Returns: 1.
-- May be called by: pgq_admin, if it owns the tables; used by pgq.grant_perms().
create or replace function pgq._grant_perms_from(src_schema text, src_table text, dst_schema text, dst_table text)
returns integer
language plpgsql
strict
as $$
declare
    _grant record;
begin
    for _grant in
        select a.privilege_type, a.is_grantable,
               case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        cross join aclexplode(c.relacl) a
        left join pg_catalog.pg_roles r on r.oid = a.grantee
        where n.nspname = src_schema
          and c.relname = src_table
          and a.grantee <> c.relowner
          and (a.grantee = 0 or r.oid is not null)
    loop
        execute format('grant %s on %I.%I to %s%s', _grant.privilege_type, dst_schema, dst_table, _grant.grantee,
                       case when _grant.is_grantable then ' with grant option' else '' end);
    end loop;
    return 1;
end
$$;
