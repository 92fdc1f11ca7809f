-- Removes a node from the member map, with its subscription if it reads from here. On the root, all other nodes are told by an
-- event, even if this one did not know the node.
--
-- Returns: 200; 301 not found; 403 it is this node itself, or one that this node reads from.
-- Events: pgq.unregister-location: ev_data node, ev_extra1 queue.
-- May be called by: pgq_admin.
create or replace function pgq_node.unregister_location(
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
        select 403, 'Cannot drop node''s own location' into ret_code, ret_note;
        return;
    end if;
    if exists (
        select 1 from pgq_node.local_state l where l.queue_name = i_queue_name and l.provider_node = i_node_name)
    then
        select 403, 'Cannot drop location of node''s parent' into ret_code, ret_note;
        return;
    end if;

    if exists (
        select 1 from pgq_node.subscriber_info s where s.queue_name = i_queue_name and s.subscriber_node = i_node_name)
    then
        perform pgq_node.unregister_subscriber(i_queue_name, i_node_name);
    end if;
    delete from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_node_name;
    if found then
        select 200, 'Ok' into ret_code, ret_note;
    else
        select 301, format('Location not found: %s/%s', i_queue_name, i_node_name) into ret_code, ret_note;
    end if;
    if _node.node_type = 'root' then
        perform pgq.insert_event(i_queue_name, 'pgq.unregister-location', i_node_name, i_queue_name, null, null, null);
    end if;
end
$$;
