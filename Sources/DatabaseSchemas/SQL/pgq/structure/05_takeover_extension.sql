-- Takes over a database that has the original PgQ 3 as an extension: its objects stay where they are, with all queues, consumers
-- and events, but no longer belong to an extension. Extensions that need pgq are dissolved in the same way, as they could not
-- stay without it. The tables are converted in 06_takeover_tables.sql.
-- It takes the owner of the extension or a superuser.
do $$
declare
    _extension record;
    _object record;
begin
    for _extension in
        with recursive needed (oid, depth) as (
            select e.oid, 0 from pg_catalog.pg_extension e where e.extname = 'pgq'
            union
            select d.objid, n.depth + 1
            from needed n
            join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = n.oid
                and d.classid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'n'
        )
        select e.oid, e.extname as name, e.extversion as version, e.extowner::regrole as owner,
               pg_catalog.pg_has_role(e.extowner, 'usage')
                   or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as allowed
        from (select n.oid, max(n.depth) as depth from needed n group by n.oid) n
        join pg_catalog.pg_extension e on e.oid = n.oid
        order by n.depth desc
    loop
        if not _extension.allowed then
            raise exception 'extension % belongs to % and cannot be taken over by %',
                    _extension.name, _extension.owner, current_user
                using errcode = 'insufficient_privilege',
                      hint = pg_catalog.format('Install as %s or as a superuser.', _extension.owner);
        end if;
        for _object in
            select o.type, o.identity
            from pg_catalog.pg_depend d
            cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
            where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = _extension.oid and d.deptype = 'e'
        loop
            execute pg_catalog.format('alter extension %I drop %s %s', _extension.name, _object.type, _object.identity);
        end loop;
        execute pg_catalog.format('drop extension %I', _extension.name);
        raise notice 'took over extension % %', _extension.name, _extension.version;

        -- before 3.5, functions had other results or parameter names, which cannot be replaced
        if _extension.name = 'pgq' and _extension.version !~ '^(3\.([5-9]|[1-9][0-9])|[4-9])' then
            for _object in
                select p.oid::regprocedure as identity
                from pg_catalog.pg_proc p
                where p.pronamespace = 'pgq'::regnamespace and p.prorettype <> 'pg_catalog.trigger'::regtype
            loop
                execute pg_catalog.format('drop function %s', _object.identity);
            end loop;
        end if;
    end loop;
end
$$;
