-- Sets the attributes of this node.
--
-- Parameters: i_node_attrs: urlencoded; register_...: see londiste._is_wanted(); sync_watermark: names of nodes, separated by commas, with which the node keeps its
--     global watermark in step instead of reporting what is below it.
-- Returns: 200; 404.
-- May be called by: pgq_admin.
create or replace function pgq_node.set_node_attrs(
    i_queue_name text, i_node_attrs text, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq_node.node_info n set node_attrs = i_node_attrs where n.queue_name = i_queue_name;
    if found then
        select 200, 'Node attributes updated' into ret_code, ret_note;
    else
        select 404, 'Node not found' into ret_code, ret_note;
    end if;
end
$$;
