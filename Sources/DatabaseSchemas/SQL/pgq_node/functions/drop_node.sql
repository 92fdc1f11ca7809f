-- Removes a node: on the node itself everything it has of the queue, the queue included; elsewhere its subscription and location.
--
-- Returns: 200; 405 this node reads from it.
-- May be called by: pgq_admin.
create or replace function pgq_node.drop_node(
    i_queue_name text, i_node_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
begin
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name;
    if _node.node_name = i_node_name then
        delete from pgq_node.subscriber_info s where s.queue_name = i_queue_name;
        delete from pgq_node.local_state l where l.queue_name = i_queue_name;
        delete from pgq_node.node_info n where n.queue_name = i_queue_name;
        delete from pgq_node.node_location l where l.queue_name = i_queue_name;
        if _node.node_type <> 'leaf' then
            perform pgq.drop_queue(i_queue_name, true);
        end if;
    elsif exists (
        select 1 from pgq_node.local_state l where l.queue_name = i_queue_name and l.provider_node = i_node_name)
    then
        select 405, 'Cannot drop provider node: ' || i_node_name into ret_code, ret_note;
        return;
    else
        perform pgq_node.unregister_location(i_queue_name, i_node_name);
    end if;
    select 200, 'Node dropped: ' || i_node_name into ret_code, ret_note;
end
$$;
