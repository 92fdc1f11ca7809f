-- Makes this database a node of a cascaded queue. Its own location and its provider's must be registered before.
--
-- A root gets the queue; a branch gets it with ticks that come from its provider, and without inserts of its own; a leaf gets none.
--
-- Parameters: i_queue_name, i_node_name: the queue and this node's name in it; i_node_type: root, branch or leaf; i_worker_name: the
--     consumer that keeps the node up to date; i_provider_name, i_global_watermark: the node to read from and the tick to begin
--     after, not for a root; i_combined_queue: on a leaf, queue of this database that its worker fills, or null.
-- Returns: 200; 401 already initialised, or arguments do not fit the type.
-- May be called by: pgq_admin.
create or replace function pgq_node.create_node(
    i_queue_name text,
    i_node_type text,
    i_node_name text,
    i_worker_name text,
    i_provider_name text,
    i_global_watermark bigint,
    i_combined_queue text,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _unknown text;
begin
    ret_code := 401;
    if i_node_type is null or i_node_type not in ('root', 'branch', 'leaf') then
        ret_note := 'Unknown node type: ' || coalesce(i_node_type, 'NULL');
        return;
    end if;
    if exists (select 1 from pgq_node.node_info n where n.queue_name = i_queue_name) then
        ret_note := 'Node already initialized';
        return;
    end if;
    if i_worker_name is null then
        ret_note := 'worker name not set';
        return;
    end if;
    if i_node_type = 'root' then
        if coalesce(i_provider_name, i_global_watermark::text, i_combined_queue) is not null then
            ret_note := 'unexpected args for root';
            return;
        end if;
    elsif i_provider_name is null then
        ret_note := 'provider not set for ' || i_node_type;
        return;
    elsif i_global_watermark is null then
        ret_note := 'global watermark not set for ' || i_node_type;
        return;
    end if;
    if i_combined_queue is not null then
        if i_node_type <> 'leaf' then
            ret_note := 'combined queue not allowed for ' || i_node_type;
            return;
        elsif not exists (select 1 from pgq_node.node_info n where n.queue_name = i_combined_queue) then
            ret_note := 'non-existing queue on leaf side: ' || i_combined_queue;
            return;
        end if;
    end if;
    select string_agg(m.name, ', ') into _unknown
    from unnest(array[i_node_name, i_provider_name]) m (name)
    where m.name is not null
      and not exists (
          select 1 from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = m.name);
    if _unknown is not null then
        ret_note := 'location not registered: ' || _unknown;
        return;
    end if;

    if i_node_type <> 'leaf' then
        perform pgq.create_queue(i_queue_name);
    end if;
    if i_node_type = 'branch' then
        update pgq.queue q set queue_external_ticker = true, queue_disable_insert = true where q.queue_name = i_queue_name;
        if i_global_watermark > 1 then
            perform pgq.ticker(i_queue_name, i_global_watermark, now(), 1);
        end if;
    end if;
    if i_node_type <> 'leaf' then
        perform pgq.register_consumer_at(i_queue_name, '.global_watermark', i_global_watermark);
    end if;
    insert into pgq_node.node_info (queue_name, node_type, node_name, worker_name, combined_queue)
    values (i_queue_name, i_node_type, i_node_name, i_worker_name, i_combined_queue);
    insert into pgq_node.local_state (queue_name, consumer_name, provider_node, last_tick_id)
    values (i_queue_name, i_worker_name, coalesce(i_provider_name, i_node_name),
            coalesce(i_global_watermark, pgq_node._newest_tick(i_queue_name)));

    ret_code := 200;
    ret_note := format('Node "%s" initialized for queue "%s" with type "%s"', i_node_name, i_queue_name, i_node_type);
end
$$;
