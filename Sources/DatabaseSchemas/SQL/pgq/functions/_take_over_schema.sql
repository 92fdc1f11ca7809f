-- Makes room for a schema's own functions where somebody else's are installed: theirs may have other parameter names or
-- results, which cannot be replaced. Tables and what is in them stay. An extension of the same name is dissolved first.
--
-- Parameters: i_schema: pgq_coop, pgq_ext, pgq_node or londiste.
-- Errors: the extension belongs to a role that the caller is not a member of (insufficient_privilege).
-- May be called by: the installation.
create or replace function pgq._take_over_schema(i_schema text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _extension record;
    _object record;
    _is_ours bool := false;
begin
    select e.oid, e.extname as name, e.extversion as version, e.extowner::regrole as owner,
           pg_has_role(e.extowner, 'usage')
               or (select r.rolsuper from pg_roles r where r.rolname = current_user) as allowed
    into _extension
    from pg_extension e where e.extname = i_schema;
    if found then
        if not _extension.allowed then
            raise exception 'extension % belongs to % and cannot be taken over by %',
                    _extension.name, _extension.owner, current_user
                using errcode = 'insufficient_privilege',
                      hint = format('Install as %s or as a superuser.', _extension.owner);
        end if;
        for _object in
            select o.type, o.identity
            from pg_depend d
            cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) o
            where d.refclassid = 'pg_extension'::regclass and d.refobjid = _extension.oid and d.deptype = 'e'
        loop
            execute format('alter extension %I drop %s %s', _extension.name, _object.type, _object.identity);
        end loop;
        execute format('drop extension %I', _extension.name);
        raise notice 'took over extension % %', _extension.name, _extension.version;
    end if;

    if to_regclass('trunkline.installed_schema') is not null then
        execute 'select exists (select 1 from trunkline.installed_schema where schema_name = $1)' into _is_ours using i_schema;
    end if;
    if not _is_ours then
        for _object in
            select p.oid::regprocedure as identity
            from pg_proc p
            where p.pronamespace = i_schema::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
        loop
            execute format('drop function %s', _object.identity);
        end loop;
    end if;
end
$$;
