-- Version of pgq_node whose interface this is.
--
-- May be called by: everybody.
create or replace function pgq_node.version()
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return '3.5';
end
$$;
