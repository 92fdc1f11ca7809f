-- Partitions of a table that are older than the retention; see is_obsolete_partition().
--
-- May be called by: londiste_writer.
create or replace function londiste.list_obsolete_partitions(
    i_parent_table text, i_retention_period interval, i_partition_period text)
returns setof text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select n.nspname || '.' || c.relname
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_namespace n on n.oid = c.relnamespace
    where i.inhparent = londiste.find_table_oid(i_parent_table)
      and c.relname ~ ('^' || regexp_replace(split_part(londiste.make_fqname(i_parent_table), '.', 2), '(\W)', '\\\1', 'g') || '_')
      and londiste.is_obsolete_partition(n.nspname || '.' || c.relname, i_retention_period, i_partition_period)
    order by 1
$$;
