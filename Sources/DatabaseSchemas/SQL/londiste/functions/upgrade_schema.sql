-- Kept for the interface: whatever there is to upgrade is done by installing the schema again.
--
-- Returns: 0.
-- May be called by: londiste_writer.
create or replace function londiste.upgrade_schema()
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return 0;
end
$$;
