-- One letter for each column of a table, in their order: k for those of the primary key, v for the others.
--
-- Returns: null if there is no such table.
-- May be called by: everybody.
create or replace function londiste.find_column_types(tbl text)
returns text
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(case when a.attnum = any (i.indkey) then 'k' else 'v' end, '' order by a.attnum)
    from pg_attribute a
    left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = londiste.find_table_oid(tbl) and a.attnum > 0 and not a.attisdropped
$$;
