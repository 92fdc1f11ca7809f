-- Adds a cascaded consumer whose target is this database, or moves a known one.
--
-- Parameters: i_provider_node: the node that it reads from; i_custom_tick_id: the tick after which it goes on.
-- Returns: 200; 201 it was known; 404 unknown queue or provider.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.register_consumer(
    i_queue_name text,
    i_consumer_name text,
    i_provider_node text,
    i_custom_tick_id int8,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select 1 from pgq_node.node_info n where n.queue_name = i_queue_name) then
        select 404, 'Unknown queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if not exists (
        select 1 from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_provider_node)
    then
        select 404, 'Location not registered: ' || i_provider_node into ret_code, ret_note;
        return;
    end if;
    update pgq_node.local_state l set provider_node = i_provider_node, last_tick_id = i_custom_tick_id, cur_error = null
    where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
    if found then
        select 201, format('Consumer already registered: %s/%s', i_queue_name, i_consumer_name) into ret_code, ret_note;
        return;
    end if;
    insert into pgq_node.local_state (queue_name, consumer_name, provider_node, last_tick_id)
    values (i_queue_name, i_consumer_name, i_provider_node, i_custom_tick_id);
    select 200, format('Consumer %s registered on queue %s', i_consumer_name, i_queue_name) into ret_code, ret_note;
end
$$;
