-- Turns a branch into the root: it takes inserts and makes ticks from now on, with higher ids than all it has.
--
-- Returns: 200; 301 this node is no branch; 404 not a node.
-- May be called by: pgq_admin.
create or replace function pgq_node.promote_branch(
    i_queue_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
    _queue pgq.queue;
    _completed int8;
begin
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name for update;
    if not found then
        select 404, 'Node not initialized for queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if _node.node_type <> 'branch' then
        select 301, 'Node not branch' into ret_code, ret_note;
        return;
    end if;
    select q.* into _queue from pgq.queue q where q.queue_name = i_queue_name;
    select l.last_tick_id into _completed from pgq_node.local_state l
    where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name;
    perform pgq.seq_setval(_queue.queue_tick_seq, greatest(_completed, pgq_node._newest_tick(i_queue_name)));
    update pgq.queue q set queue_disable_insert = false, queue_external_ticker = false where q.queue_name = i_queue_name;
    perform pgq._open_queue(i_queue_name);
    update pgq_node.node_info n set node_type = 'root' where n.queue_name = i_queue_name;
    update pgq_node.local_state l set provider_node = _node.node_name, uptodate = false
    where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name;
    select 200, 'Branch node promoted to root' into ret_code, ret_note;
end
$$;
