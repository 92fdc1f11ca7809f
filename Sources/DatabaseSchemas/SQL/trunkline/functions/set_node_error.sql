-- Notes what stopped the worker of this database's node, for the status.
--
-- Parameters: i_queue_name, i_lease: see claim_node(); i_error: the reason, null: none.
-- Returns: false if another process claimed the node: then nothing is noted.
-- May be called by: pgq_admin.
create or replace function trunkline.set_node_error(i_queue_name text, i_lease bigint, i_error text)
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq_node.local_state l set cur_error = i_error
    from pgq_node.node_info n
    where n.queue_name = i_queue_name and l.queue_name = n.queue_name and l.consumer_name = n.worker_name
      and l.cur_error is distinct from i_error
      and exists (select 1 from trunkline.node_lease e where e.queue_name = i_queue_name and e.lease = i_lease);
    return found;
end
$$;
