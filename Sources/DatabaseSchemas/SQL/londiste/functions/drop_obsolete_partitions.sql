-- Drops the partitions of a table that are older than the retention; see is_obsolete_partition().
--
-- Returns: their names.
-- May be called by: londiste_writer.
create or replace function londiste.drop_obsolete_partitions(
    i_parent_table text, i_retention_period interval, i_partition_period text)
returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _part text;
begin
    for _part in
        select p from londiste.list_obsolete_partitions(i_parent_table, i_retention_period, i_partition_period) p
    loop
        execute 'drop table ' || londiste.quote_fqname(_part);
        return next _part;
    end loop;
end
$$;
