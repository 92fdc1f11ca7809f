-- The worker's answer to what an administrator asked of it: that it has seen that the node is paused or not, and its provider. It is
-- no answer to what was asked since.
--
-- Parameters: i_queue_name, i_lease: see claim_node(); i_paused, i_provider: what the worker has seen.
-- Returns: whether that is still what is asked.
-- Errors: another process claimed the node (TL001).
-- May be called by: pgq_admin.
create or replace function trunkline.acknowledge_node(i_queue_name text, i_lease bigint, i_paused bool, i_provider text)
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform trunkline._check_node_lease(i_queue_name, i_lease);
    update pgq_node.local_state l set uptodate = true
    from pgq_node.node_info n
    where n.queue_name = i_queue_name and l.queue_name = n.queue_name and l.consumer_name = n.worker_name
      and l.paused = i_paused and l.provider_node = i_provider;
    return found;
end
$$;
