-- Roles of the queue: pgq_reader consumes, pgq_writer produces, pgq_admin is both and maintains.
-- Roles belong to the whole cluster, so an installing user without CREATEROLE may not make them. Then the statement for
-- the administrator is reported, the grants to the missing role are skipped, and the next installation adds them.
do $$
declare
    _role text;
    _statement text;
begin
    foreach _role in array array['pgq_reader', 'pgq_writer', 'pgq_admin'] loop
        if not exists (select 1 from pg_catalog.pg_roles where rolname = _role) then
            _statement := pg_catalog.format('create role %I nologin', _role);
            begin
                execute _statement;
            exception
                when insufficient_privilege then
                    raise warning 'role % is missing and may not be created by %', _role, current_user
                        using hint = pg_catalog.format('Have an administrator run: %s; then install again.', _statement);
                when duplicate_object or unique_violation then
                    null; -- made at the same moment by an installation in another database
            end;
        end if;
    end loop;

    foreach _role in array array['pgq_reader', 'pgq_writer'] loop
        if exists (select 1 from pg_catalog.pg_roles where rolname = _role)
            and exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin')
            and not exists (
                select 1 from pg_catalog.pg_auth_members m
                where m.roleid = (select r.oid from pg_catalog.pg_roles r where r.rolname = _role)
                  and m.member = (select r.oid from pg_catalog.pg_roles r where r.rolname = 'pgq_admin'))
        then
            _statement := pg_catalog.format('grant %I to pgq_admin', _role);
            begin
                execute _statement;
            exception
                when insufficient_privilege then
                    raise warning 'role pgq_admin is not a member of % and % may not change that', _role, current_user
                        using hint = pg_catalog.format('Have an administrator run: %s;', _statement);
            end;
        end if;
    end loop;
end
$$;
