-- Drops event tables that were still in use when their queue was dropped.
--
-- Returns: 0.
-- May be called by: pgq_admin.
create or replace function pgq.maint_drop_tables()
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _table text;
begin
    for _table in select pgq._dropped_tables() loop
        perform pgq._drop_tables(_table);
    end loop;
    return 0;
end
$$;
