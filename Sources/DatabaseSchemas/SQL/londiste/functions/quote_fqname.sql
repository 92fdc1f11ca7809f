-- A qualified name as SQL reads it: schema and name are quoted where they must be.
--
-- May be called by: everybody.
create or replace function londiste.quote_fqname(i_name text)
returns text
language sql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
    select format('%I.%I', n.schema_part, n.name_part) from londiste.split_fqname(i_name) n
$$;
