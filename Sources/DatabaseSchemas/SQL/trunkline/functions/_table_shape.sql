-- What table_signature() promises, read with a fresh snapshot.
--
-- Parameters: i_table: oid of a table.
-- Returns: a digest of names, columns, candidate keys, place in an inheritance tree, cascading foreign keys; null if there
--     is no such table.
-- Errors: serialization_failure in a REPEATABLE READ or SERIALIZABLE transaction that writes to a table whose columns were
--     altered after its snapshot was taken: it cannot see what it would have to capture.
-- May be called by: anybody.
create or replace function trunkline._table_shape(i_table oid)
returns text
language plpgsql
volatile
as $$
begin
    if pg_catalog.current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        perform trunkline._check_table_is_visible(i_table);
    end if;
    return (
        select pg_catalog.md5(pg_catalog.concat_ws(E'\n',
            '1', n.nspname, c.relname, c.relkind, c.relispartition,
            exists (select 1 from pg_catalog.pg_inherits h where h.inhparent = c.oid or h.inhrelid = c.oid),
            trunkline._has_cascades(c.oid),
            (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.atttypid, a.atttypmod, a.attcollation,
                        a.attgenerated, a.attname), E'\n' order by a.attnum)
             from pg_catalog.pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
            (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', i.indisprimary, i.indisreplident, i.indkey, i.indclass),
                        E'\n' order by i.indisprimary, i.indexrelid)
             from pg_catalog.pg_index i
             where i.indrelid = c.oid and (i.indisprimary or i.indisreplident))))
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.oid = i_table);
end
$$;
