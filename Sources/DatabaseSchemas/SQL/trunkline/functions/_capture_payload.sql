-- SELECT list that turns a row into the row that is written as JSON: see _value_form().
--
-- Parameters: i_columns: columns ({name, form}); i_alias: alias of the row.
-- May be called by: internal.
create or replace function trunkline._capture_payload(i_columns jsonb, i_alias text)
returns text
language sql
immutable
as $$
    select pg_catalog.string_agg(
        pg_catalog.format(c ->> 'form', pg_catalog.format('%s.%I', i_alias, c ->> 'name'))
            || pg_catalog.format(' as %I', c ->> 'name'), ', ' order by p)
    from pg_catalog.jsonb_array_elements(i_columns) with ordinality as x (c, p)
$$;
