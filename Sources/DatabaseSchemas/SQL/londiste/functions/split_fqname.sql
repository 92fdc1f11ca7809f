-- Schema and name of an unquoted qualified name: the first dot divides. Without a dot the schema is "public".
--
-- May be called by: everybody.
create or replace function londiste.split_fqname(i_fqname text, out schema_part text, out name_part text)
returns record
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    schema_part := split_part(londiste.make_fqname(i_fqname), '.', 1);
    name_part := substr(londiste.make_fqname(i_fqname), length(schema_part) + 2);
end
$$;
