-- Query over the events of one part of a mapped batch, in no order.
--
-- Nobody can rewrite the tables from here to the end of the transaction, so the places in the map stay true.
--
-- Parameters: i_batch_id: the batch; i_last_id: the part; i_columns: what to select from the event tables, as SQL.
-- Returns: text of a query without parameters; null if the map is missing or out of date.
-- May be called by: functions of this schema only.
create or replace function trunkline._part_query(i_batch_id bigint, i_last_id bigint, i_columns text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _table record;
    _sql text;
begin
    for _table in
        select p.table_oid::regclass as name, p.table_oid, p.file_node, c.oid is not null as is_there
        from trunkline.batch_part p
        left join pg_class c on c.oid = p.table_oid
        where p.batch_id = i_batch_id and p.last_id = i_last_id
    loop
        if not _table.is_there then
            return null;
        end if;
        execute format('lock table only %s in access share mode', _table.name);
        if pg_relation_filenode(_table.table_oid) is distinct from _table.file_node then
            return null;
        end if;
        _sql := concat_ws(' union all ', _sql, format(
            'select %s from %s where ctid = any ((select p.places from trunkline.batch_part p'
            ' where p.batch_id = %s and p.last_id = %s and p.table_oid = %s)::tid[])',
            i_columns, _table.name, i_batch_id, i_last_id, _table.table_oid));
    end loop;
    return _sql;
end
$$;
