-- Kept for the interface: whatever there is to upgrade is done by installing the schema again.
--
-- Returns: 0.
-- May be called by: pgq_admin.
create or replace function pgq_coop.upgrade_schema()
returns integer
language plpgsql
as $$
begin
    return 0;
end
$$;
