-- Takes over the original pgq_ext, as an extension or as plain SQL: tables and what is in them stay, its functions make room.
-- It takes the owner of the extension or a superuser.
do $$
declare
    _extension record;
    _object record;
    _is_ours bool := false;
begin
    select e.extname as name, e.extversion as version, e.extowner::pg_catalog.regrole as owner,
           pg_catalog.pg_has_role(e.extowner, 'usage')
               or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as allowed
    into _extension
    from pg_catalog.pg_extension e where e.extname = 'pgq_ext';
    if found then
        if not _extension.allowed then
            raise exception 'extension % belongs to % and cannot be taken over by %',
                    _extension.name, _extension.owner, current_user
                using errcode = 'insufficient_privilege',
                      hint = pg_catalog.format('Install as %s or as a superuser.', _extension.owner);
        end if;
        for _object in
            select o.type, o.identity
            from pg_catalog.pg_depend d
            join pg_catalog.pg_extension e on e.oid = d.refobjid
            cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
            where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e' and e.extname = 'pgq_ext'
        loop
            execute pg_catalog.format('alter extension %I drop %s %s', _extension.name, _object.type, _object.identity);
        end loop;
        execute pg_catalog.format('drop extension %I', _extension.name);
        raise notice 'took over extension % %', _extension.name, _extension.version;
    end if;

    -- functions of others may have other parameter names or results, which cannot be replaced
    if pg_catalog.to_regclass('trunkline.installed_schema') is not null then
        execute 'select exists (select 1 from trunkline.installed_schema where schema_name = ''pgq_ext'')' into _is_ours;
    end if;
    if not _is_ours then
        for _object in
            select p.oid::pg_catalog.regprocedure as identity
            from pg_catalog.pg_proc p
            where p.pronamespace = 'pgq_ext'::pg_catalog.regnamespace and p.prokind = 'f'
        loop
            execute pg_catalog.format('drop function %s', _object.identity);
        end loop;
    end if;
end
$$;
