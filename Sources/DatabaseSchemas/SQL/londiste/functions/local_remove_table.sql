-- Ends the replication of a table on this node. What a copy dropped is made again, after the incomplete rows are removed; other
-- rows stay. Sequences that belong to columns of the table go with it. On the root, it is taken out of the set.
--
-- Returns: 200; 400 not in the set, or not replicated here.
-- May be called by: londiste_writer.
create or replace function londiste.local_remove_table(
    i_queue_name text, i_table_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _table londiste.table_info;
    _dest text;
    _seq text;
begin
    select t.* into _table from londiste.table_info t
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name)
    for update;
    if not found then
        select 400, 'Table not found: ' || londiste.make_fqname(i_table_name) into ret_code, ret_note;
        return;
    elsif not _table.local then
        select 400, 'Table not registered locally: ' || _table.table_name into ret_code, ret_note;
        return;
    end if;
    _dest := coalesce(_table.dest_table, _table.table_name);

    perform londiste.drop_table_triggers(i_queue_name, _table.table_name);
    if _table.dropped_ddl is not null and londiste.find_table_oid(_dest) is not null then
        execute format('truncate %s%s', case when (select c.relkind from pg_class c where c.oid = londiste.find_table_oid(_dest)) = 'r'
                                         then 'only ' else '' end, londiste.quote_fqname(_dest));
        execute _table.dropped_ddl;
    end if;
    update londiste.table_info t
    set local = false, merge_state = null, custom_snapshot = null, dropped_ddl = null, table_attrs = null, dest_table = null
    where t.queue_name = i_queue_name and t.table_name = _table.table_name;

    for _seq in
        select n.nspname || '.' || c.relname
        from pg_depend d
        join pg_class c on c.oid = d.objid and c.relkind = 'S'
        join pg_namespace n on n.oid = c.relnamespace
        where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
          and d.refobjid = londiste.find_table_oid(_dest) and d.deptype in ('a', 'i')
    loop
        perform londiste.local_remove_seq(i_queue_name, _seq);
    end loop;
    if pgq_node.is_root_node(i_queue_name) then
        perform londiste.global_remove_table(i_queue_name, _table.table_name);
    end if;
    select 200, 'Table removed: ' || _table.table_name into ret_code, ret_note;
end
$$;
