-- Version of londiste whose interface this is.
--
-- May be called by: everybody.
create or replace function londiste.version()
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return '3.8';
end
$$;
