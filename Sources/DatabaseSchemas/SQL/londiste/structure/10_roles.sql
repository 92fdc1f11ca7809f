-- Roles of table replication: londiste_reader looks, londiste_writer replicates and administers. As for the roles of the
-- queue, what the installing user may not do is reported with the statement for an administrator.
do $$
declare
    _role record;
    _statement text;
begin
    for _role in
        select * from (values ('londiste_reader', 'pgq_reader'), ('londiste_writer', 'pgq_admin')) r (name, parent)
    loop
        if not exists (select 1 from pg_catalog.pg_roles where rolname = _role.name) then
            _statement := pg_catalog.format('create role %I nologin', _role.name);
            begin
                execute _statement;
            exception
                when insufficient_privilege then
                    raise warning 'role % is missing and may not be created by %', _role.name, current_user
                        using hint = pg_catalog.format('Have an administrator run: %s; then install again.', _statement);
                when duplicate_object or unique_violation then
                    null; -- made at the same moment by an installation in another database
            end;
        end if;
        if exists (select 1 from pg_catalog.pg_roles where rolname = _role.name)
            and exists (select 1 from pg_catalog.pg_roles where rolname = _role.parent)
            and not exists (
                select 1 from pg_catalog.pg_auth_members m
                where m.roleid = (select r.oid from pg_catalog.pg_roles r where r.rolname = _role.parent)
                  and m.member = (select r.oid from pg_catalog.pg_roles r where r.rolname = _role.name))
        then
            _statement := pg_catalog.format('grant %I to %I', _role.parent, _role.name);
            begin
                execute _statement;
            exception
                when insufficient_privilege then
                    raise warning 'role % is not a member of % and % may not change that',
                            _role.name, _role.parent, current_user
                        using hint = pg_catalog.format('Have an administrator run: %s;', _statement);
                when unique_violation then
                    null;
            end;
        end if;
    end loop;
end
$$;
