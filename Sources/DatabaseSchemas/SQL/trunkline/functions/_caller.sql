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
set search_path = pg_catalog, pg_temp
as $$
begin
    -- does nothing, except that the server refuses it in such an operation
    unlisten trunkline_restricted;
    return case current_setting('role') when 'none' then session_user else current_setting('role')::name end;
end
$$;
