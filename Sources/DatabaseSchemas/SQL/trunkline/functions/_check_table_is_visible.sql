-- Raises if the columns that a table has now are not those that the snapshot of this transaction sees in the catalog.
--
-- The parser always knows a table as it is now, while queries of the catalog see what the snapshot shows.
--
-- Parameters: i_table: oid of a table.
-- Errors: serialization_failure, so that the transaction is tried again like after any other conflict.
-- May be called by: anybody.
create or replace function trunkline._check_table_is_visible(i_table oid)
returns void
language plpgsql
volatile
as $$
declare
    _row text := pg_catalog.format('(null::%s)', i_table::regclass);
    _names text[];
    _columns text[];
begin
    execute pg_catalog.format(
        'select array(select k from pg_catalog.json_object_keys((select pg_catalog.row_to_json(x) from (select %s.*) as x)) k)',
        _row)
    into _names;
    execute (
        select pg_catalog.format('select array[%s]', pg_catalog.string_agg(
            pg_catalog.format('%L || '' '' || pg_catalog.pg_typeof(%s.%I)::pg_catalog.oid', n, _row, n), ', '))
        from pg_catalog.unnest(_names) n)
    into _columns;
    if _columns is distinct from array(
        select a.attname || ' ' || a.atttypid
        from pg_catalog.pg_attribute a
        where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped
        order by a.attnum)
    then
        raise exception 'table % was altered after this transaction began', i_table::regclass
            using errcode = 'serialization_failure', hint = 'The transaction might succeed if retried.';
    end if;
end
$$;
