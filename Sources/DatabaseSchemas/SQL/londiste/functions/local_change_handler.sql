-- Replaces the attributes of a table, its handler among them, and its triggers. Nothing is copied again.
--
-- Parameters: see local_add_table().
-- Returns: 200; 400 no such set; 403, 405 see create_trigger(); 404 not replicated here.
-- May be called by: londiste_writer.
create or replace function londiste.local_change_handler(
    i_queue_name text, i_table_name text, i_trg_args text[], i_table_attrs text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
    _table londiste.table_info;
    _dest text;
begin
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name;
    if not found then
        select 400, 'No such set: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    select t.* into _table from londiste.table_info t
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name) and t.local
    for update;
    if not found then
        select 404, 'no such local table: ' || i_table_name into ret_code, ret_note;
        return;
    end if;
    _dest := coalesce(_table.dest_table, _table.table_name);
    if londiste.find_table_oid(_dest) is not null then
        perform londiste.drop_table_triggers(i_queue_name, _table.table_name);
        select t.ret_code, t.ret_note into ret_code, ret_note
        from londiste.create_trigger(i_queue_name, _table.table_name, i_trg_args, _dest, _node.node_type) t;
        if ret_code >= 400 then
            raise exception 'cannot change the handler of table %: %', _table.table_name, ret_note
                using errcode = 'object_not_in_prerequisite_state', hint = 'Nothing was changed.';
        end if;
    end if;
    update londiste.table_info t set table_attrs = nullif(i_table_attrs, '')
    where t.queue_name = i_queue_name and t.table_name = _table.table_name;
    select 200, 'Handler changed for table: ' || _table.table_name into ret_code, ret_note;
end
$$;
