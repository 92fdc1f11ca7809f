-- The role that the session acts as, inside of functions that run with the rights of their owner too: the one of SET ROLE, or
-- else of the session.
--
-- Rights in this schema are those of the session, not of a function in between: calling from a SECURITY DEFINER function of
-- somebody gives neither less nor more. Code that the server runs as somebody else than the session (expressions of indexes
-- during ANALYZE, materialized views, triggers during apply of logical replication) would act with rights that are not its own,
-- so it is refused.
--
-- Returns: name of the role.
-- Errors: called within a security-restricted operation (insufficient_privilege).
-- May be called by: functions of this schema only.
create or replace function trunkline._caller()
returns name
language plpgsql
as $$
begin
    -- Does nothing, except that the server refuses it in such an operation. In a session that listens it would make PREPARE
    -- TRANSACTION impossible, so there it is something else that is refused, and fails otherwise, too.
    if not exists (select 1 from pg_catalog.pg_listening_channels()) then
        unlisten trunkline_restricted;
    else
        begin
            execute 'close trunkline_restricted';
        exception
            when invalid_cursor_name then
                null;
        end;
    end if;
    return case pg_catalog.current_setting('role') when 'none' then session_user else pg_catalog.current_setting('role')::name end;
end
$$;
