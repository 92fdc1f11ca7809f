-- Adds a node to the member map, or changes its location or whether it is dead. On the root, all other nodes are told by an event.
--
-- Parameters: i_queue_name: the queue; i_node_name: the node; i_node_location: its connection string, null: keep the known one;
--     i_dead: whether to do without this node.
-- Returns: 200 registered; 401 a new node needs a location.
-- Events: pgq.location-info: ev_data node, ev_extra1 queue, ev_extra2 location, ev_extra3 dead.
-- May be called by: pgq_admin.
create or replace function pgq_node.register_location(
    i_queue_name text,
    i_node_name text,
    i_node_location text,
    i_dead bool,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq_node.node_location l
    set node_location = coalesce(i_node_location, l.node_location), dead = coalesce(i_dead, l.dead)
    where l.queue_name = i_queue_name and l.node_name = i_node_name;
    if not found then
        if i_node_location is null then
            select 401, 'Location not given for new node: ' || i_node_name into ret_code, ret_note;
            return;
        end if;
        insert into pgq_node.node_location as l (queue_name, node_name, node_location, dead)
        values (i_queue_name, i_node_name, i_node_location, coalesce(i_dead, false))
        on conflict (queue_name, node_name) do update
        set node_location = excluded.node_location, dead = excluded.dead;
    end if;
    if exists (select 1 from pgq_node.node_info n where n.queue_name = i_queue_name and n.node_type = 'root') then
        perform pgq.insert_event(i_queue_name, 'pgq.location-info', i_node_name,
                                 i_queue_name, i_node_location, i_dead::text, null);
    end if;
    select 200, 'Location registered' into ret_code, ret_note;
end
$$;
