-- Quotes a possibly schema-qualified name, where needed. The first dot separates schema and name.
--
-- Parameters: i_name: the name; without a schema, "public" is meant.
-- Returns: the quoted name.
-- May be called by: everybody.
create or replace function pgq.quote_fqname(i_name text)
returns text
language plpgsql
strict
immutable
as $$
declare
    _dot int4 := strpos(i_name, '.');
begin
    if _dot = 0 then
        return 'public.' || quote_ident(i_name);
    end if;
    return quote_ident(substr(i_name, 1, _dot - 1)) || '.' || quote_ident(substr(i_name, _dot + 1));
end
$$;
