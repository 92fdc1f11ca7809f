-- Forgets scripts that were executed more than three months ago.
--
-- Returns: 0.
-- May be called by: londiste_writer, pgq_admin.
create or replace function londiste.periodic_maintenance()
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from londiste.applied_execute where execute_time < now() - interval '3 months';
    return 0;
end
$$;
