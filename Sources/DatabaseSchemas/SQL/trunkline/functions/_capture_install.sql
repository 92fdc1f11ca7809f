-- Runs the SQL of a capture and registers it.
--
-- Parameters: i_definition: see _capture_definition().
-- May be called by: internal.
create or replace function trunkline._capture_install(i_definition jsonb)
returns void
language plpgsql
as $$
declare
    _statement text;
    _options jsonb := i_definition -> 'options';
begin
    for _statement in select s from trunkline._capture_sql(i_definition) s loop
        execute _statement;
    end loop;

    insert into trunkline.capture as c (table_oid, queue_name, schema_name, table_name, key_columns, columns, ignore,
        when_expr, before, origin_only, mode, function_name, signature, definition)
    values ((i_definition ->> 'oid')::oid, i_definition ->> 'queue', i_definition ->> 'schema', i_definition ->> 'name',
        (select pg_catalog.array_agg(k ->> 'name' order by p)
         from pg_catalog.jsonb_array_elements(i_definition -> 'key') with ordinality as x (k, p)),
        (select pg_catalog.array_agg(n order by p)
         from pg_catalog.jsonb_array_elements_text(_options -> 'columns') with ordinality as x (n, p)),
        (select pg_catalog.array_agg(n order by p)
         from pg_catalog.jsonb_array_elements_text(_options -> 'ignore') with ordinality as x (n, p)),
        _options ->> 'when', (i_definition ->> 'before')::bool, (i_definition ->> 'origin_only')::bool,
        i_definition ->> 'mode', i_definition ->> 'function', i_definition ->> 'signature', i_definition)
    on conflict (table_oid, queue_name) do update
    set schema_name = excluded.schema_name, table_name = excluded.table_name, key_columns = excluded.key_columns,
        columns = excluded.columns, ignore = excluded.ignore, when_expr = excluded.when_expr, before = excluded.before,
        origin_only = excluded.origin_only, mode = excluded.mode, function_name = excluded.function_name,
        signature = excluded.signature, definition = excluded.definition, changed_at = now();
end
$$;
