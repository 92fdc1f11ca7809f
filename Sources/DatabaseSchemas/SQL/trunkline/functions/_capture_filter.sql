-- Lateral subquery with one boolean, "passes": whether a row passes the filter of its capture.
--
-- The expression stands in a scope where only the row's columns are visible by their bare names. NULL does not pass.
--
-- Parameters: i_live: columns of the table; i_when: the filter; i_alias: alias of the row.
-- May be called by: internal.
create or replace function trunkline._capture_filter(i_live jsonb, i_when text, i_alias text)
returns text
language sql
immutable
as $$
    select pg_catalog.format(E'(select coalesce((\n%s\n)::pg_catalog.bool, false) as passes from (select %s) as "row")',
        i_when,
        (select pg_catalog.string_agg(pg_catalog.format('%s.%I as %2$I', i_alias, c ->> 'name'), ', ')
         from pg_catalog.jsonb_array_elements(i_live) c))
$$;
