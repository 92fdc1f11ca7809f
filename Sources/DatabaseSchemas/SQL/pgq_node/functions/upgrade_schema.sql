-- Kept for the interface: whatever there is to upgrade is done by installing the schema again.
--
-- Returns: 0.
-- May be called by: pgq_admin.
create or replace function pgq_node.upgrade_schema()
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return 0;
end
$$;
