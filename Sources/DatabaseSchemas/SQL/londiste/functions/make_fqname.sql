-- A name with its schema: "public" where none is given. Nothing is quoted.
--
-- May be called by: everybody.
create or replace function londiste.make_fqname(i_name text)
returns text
language sql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
    select case when position('.' in i_name) > 0 then i_name else 'public.' || i_name end
$$;
