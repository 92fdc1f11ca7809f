-- Oid of a table by its unquoted qualified name; null if there is none.
--
-- May be called by: everybody.
create or replace function londiste.find_table_oid(tbl text)
returns oid
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select londiste.find_rel_oid(tbl, 'r')
$$;
