-- A query that fails if a filter cannot be evaluated on the rows of a table.
--
-- Parameters: i_from: the table as written in FROM; i_live: its columns; i_when: the filter.
-- May be called by: internal.
create or replace function trunkline._capture_filter_probe(i_from text, i_live jsonb, i_when text)
returns text
language sql
immutable
as $$
    select pg_catalog.format(
        'select from (select %s from %s as x) as a cross join lateral %s as w limit 0',
        (select pg_catalog.string_agg(pg_catalog.format('x.%I', c ->> 'name'), ', ')
         from pg_catalog.jsonb_array_elements(i_live) c),
        i_from, trunkline._capture_filter(i_live, i_when, 'a'))
$$;
