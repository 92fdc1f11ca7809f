-- Sets session_replication_role for those who may not do that themselves. The owner of this function must be allowed to: a
-- superuser, or, from PostgreSQL 15 on, a role with: grant set on parameter session_replication_role.
--
-- Parameters: val: origin, replica or local; is_local: until the end of the transaction only.
-- May be called by: londiste_writer.
create or replace function londiste.set_session_replication_role(val text, is_local bool)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('session_replication_role', val, is_local);
end
$$;
