-- Calls a node by another name in this database: in the member map, among the subscribers and providers, in the names of the hidden
-- consumers that keep events for it, and in attributes that name it. Saying it again does no harm.
--
-- The worker of the renamed node has to stand still until its own database and that of its provider know the name. On the root,
-- all nodes are told, so that what is still on its way to them under the old name does no harm: let it be the last.
--
-- Parameters: i_queue_name: the queue; i_old, i_new: names of the node.
-- Returns: 200; 301 there is no node of the old name here.
-- Events: on the root: pgq.location-info for the new name, pgq.unregister-location for the old one.
-- May be called by: pgq_admin.
create or replace function trunkline.rename_node(
    i_queue_name text,
    i_old text,
    i_new text,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _location record;
    _node record;
    _consumer record;
begin
    select l.* into _location from pgq_node.node_location l
    where l.queue_name = i_queue_name and l.node_name = i_old for update;
    if not found then
        select 301, format('Location not found: %s/%s', i_queue_name, i_old) into ret_code, ret_note;
        return;
    end if;
    insert into pgq_node.node_location as l (queue_name, node_name, node_location, dead)
    values (i_queue_name, i_new, _location.node_location, _location.dead)
    on conflict (queue_name, node_name) do update set node_location = excluded.node_location, dead = excluded.dead;

    update pgq_node.node_info n set node_name = i_new where n.queue_name = i_queue_name and n.node_name = i_old;
    update pgq_node.local_state s set provider_node = i_new where s.queue_name = i_queue_name and s.provider_node = i_old;
    -- consumers of one name may belong to other queues, too: they are not renamed, but replaced where they stand
    for _consumer in
        select c.consumer_name as old, c.last_tick as tick,
               case when c.consumer_name = i_old || '.gravestone' then i_new || '.gravestone' else '.' || i_new || '.watermark' end as new
        from pgq.get_consumer_info(i_queue_name, null) c
        where c.consumer_name in (i_old || '.gravestone', '.' || i_old || '.watermark')
    loop
        perform pgq.register_consumer_at(i_queue_name, _consumer.new, _consumer.tick);
        update pgq_node.subscriber_info s set watermark_name = _consumer.new
        where s.queue_name = i_queue_name and s.subscriber_node = i_old and s.watermark_name = _consumer.old;
        perform pgq.unregister_consumer(i_queue_name, _consumer.old);
    end loop;
    update pgq_node.subscriber_info s set subscriber_node = i_new
    where s.queue_name = i_queue_name and s.subscriber_node = i_old;
    update pgq_node.node_info n
    set node_attrs = (
        select string_agg(
            case when p.pair like 'sync\_watermark=%' then 'sync_watermark=' || (
                select string_agg(case when m.name = pgq._urlencode(i_old) then pgq._urlencode(i_new) else m.name end, '%2c' order by m.nr)
                from regexp_split_to_table(substr(p.pair, 16), ',|%2c', 'i') with ordinality m (name, nr))
            else p.pair end, '&' order by p.nr)
        from string_to_table(n.node_attrs, '&') with ordinality p (pair, nr))
    where n.queue_name = i_queue_name and n.node_attrs like '%sync\_watermark=%';
    delete from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_old;

    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name;
    if _node.node_type = 'root' then
        perform pgq.insert_event(i_queue_name, 'pgq.location-info', i_new,
                                 i_queue_name, _location.node_location, _location.dead::text, null);
        perform pgq.insert_event(i_queue_name, 'pgq.unregister-location', i_old, i_queue_name, null, null, null);
    end if;
    select 200, format('Node %s is called %s now', i_old, i_new) into ret_code, ret_note;
end
$$;
