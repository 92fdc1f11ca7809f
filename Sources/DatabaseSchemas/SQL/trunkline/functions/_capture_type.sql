-- ev_type of the events of a table, as an SQL literal: {"op":"INSERT","table":["public","t"],"pkey":["id"]}. With
-- the option letter, that of a TRUNCATE is R.
--
-- Parameters: i_definition: see _capture_definition(); i_op: INSERT, UPDATE, DELETE or TRUNCATE.
-- May be called by: internal.
create or replace function trunkline._capture_type(i_definition jsonb, i_op text)
returns text
language sql
immutable
as $$
    select case when i_op = 'TRUNCATE' and (i_definition #>> '{options,letter}')::bool then pg_catalog.quote_literal('R')
        else pg_catalog.quote_literal(pg_catalog.format('{"op":"%s","table":[%s,%s],"pkey":[%s]}', i_op,
        pg_catalog.to_json(coalesce(i_definition #>> '{named,0}', i_definition ->> 'schema')),
        pg_catalog.to_json(coalesce(i_definition #>> '{named,1}', i_definition ->> 'name')),
        (select pg_catalog.string_agg(pg_catalog.to_json(k ->> 'name')::text, ',' order by p)
         from pg_catalog.jsonb_array_elements(i_definition -> 'key') with ordinality as x (k, p)))) end
$$;
