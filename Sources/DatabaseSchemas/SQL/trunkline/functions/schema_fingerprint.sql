-- Fingerprint of what lives in a schema now: sources, results, settings and owners' rights of the named functions, and the
-- columns of all tables except the event tables of queues. It changes when somebody changes one of them by hand.
--
-- Parameters:
--   i_schema     the schema.
--   i_functions  names of the functions that count.
-- Returns: 32 hexadecimal digits.
-- May be called by: everybody who may read the catalogs.
create or replace function trunkline.schema_fingerprint(i_schema text, i_functions text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select md5(coalesce(string_agg(item.line, E'\n' order by item.line collate "C"), ''))
    from (
        select concat_ws(' ', 'function', p.proname, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid),
                         md5(p.prosrc), p.prosecdef, p.provolatile, p.proconfig) as line
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = i_schema and p.proname = any (i_functions)
        union all
        select concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull)
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where n.nspname = i_schema and c.relkind in ('r', 'p') and c.relname !~ '^event_\d'
    ) item
$$;
