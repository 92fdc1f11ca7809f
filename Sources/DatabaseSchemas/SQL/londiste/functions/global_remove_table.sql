-- Takes a table out of the set on this node, with its triggers. On the root, all nodes are told.
--
-- Returns: 200; 400 it is not in the set.
-- Errors: the queue has no node here.
-- Events: londiste.remove-table: ev_data table.
-- May be called by: londiste_writer.
create or replace function londiste.global_remove_table(
    i_queue_name text, i_table_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _is_root bool;
begin
    _is_root := pgq_node.is_root_node(i_queue_name);
    delete from londiste.table_info t
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name);
    if not found then
        select 400, 'Table not found: ' || londiste.make_fqname(i_table_name) into ret_code, ret_note;
        return;
    end if;
    if _is_root then
        perform londiste.root_notify_change(i_queue_name, 'londiste.remove-table', londiste.make_fqname(i_table_name));
    end if;
    select 200, 'Table removed: ' || londiste.make_fqname(i_table_name) into ret_code, ret_note;
end
$$;
