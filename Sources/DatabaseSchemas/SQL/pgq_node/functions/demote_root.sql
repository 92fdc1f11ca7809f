-- Turns the root into a branch, in three steps that are transactions of their own. Each may be repeated until the next.
--
-- 1. Inserts are refused and the ticker leaves the queue alone.
-- 2. The queue is closed for those, too, whose snapshot hides step 1, and waits for all transactions that may still insert; then the
--    last tick is made. So no event comes after it: pgq._close_queue() says how.
-- 3. When the new root has everything up to that tick: the node becomes a branch of it.
--
-- Parameters: i_step: 1, 2 or 3; i_new_provider: the node that becomes the root.
-- Returns: 200; 301 this node is no root; 404 not a node, or unknown provider; from step 2 on the last tick.
-- Errors: steps in wrong order (object_not_in_prerequisite_state).
-- May be called by: pgq_admin.
create or replace function pgq_node.demote_root(
    i_queue_name text,
    i_step int4,
    i_new_provider text,
    out ret_code int4,
    out ret_note text,
    out last_tick int8)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
    _queue pgq.queue;
begin
    if i_step = 2 and exists (
        select 1 from pgq_node.node_info n join pgq.queue q on q.queue_name = n.queue_name
        where n.queue_name = i_queue_name and n.node_type = 'root' and q.queue_disable_insert and q.queue_external_ticker)
    then
        perform pgq._close_queue(i_queue_name);
    end if;

    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name for update;
    if not found then
        select 404, 'Node not initialized for queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if _node.node_type <> 'root' then
        select 301, 'Node not root' into ret_code, ret_note;
        return;
    end if;
    select q.* into _queue from pgq.queue q where q.queue_name = i_queue_name;
    if i_step > 1 and not (_queue.queue_disable_insert and _queue.queue_external_ticker) then
        raise exception 'steps in wrong order'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('Inserts into queue "%s" are not disabled.', i_queue_name), hint = 'Do step 1 first.';
    end if;

    if i_step = 1 then
        update pgq.queue q set queue_disable_insert = true, queue_external_ticker = true where q.queue_name = i_queue_name;
        select 200, 'Step 1: Writing disabled for: ' || i_queue_name into ret_code, ret_note;
    elsif i_step = 2 then
        perform pgq._lock_queue(_queue.queue_id);
        last_tick := (pgq._write_tick(_queue.queue_id, i_queue_name, null, null, null)).tick_id;
        select 200, 'Step 2: Inserted last tick: ' || i_queue_name into ret_code, ret_note;
    elsif i_step = 3 then
        last_tick := pgq_node._newest_tick(i_queue_name);
        if not pgq._is_closed(i_queue_name)
            or coalesce(pg_sequence_last_value(_queue.queue_event_seq::regclass), 0) > (
                select t.tick_event_seq from pgq.tick t where t.tick_queue = _queue.queue_id and t.tick_id = last_tick)
        then
            raise exception 'steps in wrong order'
                using errcode = 'object_not_in_prerequisite_state',
                      detail = format('There are events after the last tick of queue "%s".', i_queue_name),
                      hint = 'Do step 2 first, and let the new root come to its tick.';
        end if;
        if not exists (
            select 1 from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_new_provider)
        then
            select 404, 'New node not found: ' || coalesce(i_new_provider, 'NULL') into ret_code, ret_note;
            return;
        end if;
        update pgq_node.node_info n set node_type = 'branch' where n.queue_name = i_queue_name;
        update pgq_node.local_state l set provider_node = i_new_provider, last_tick_id = demote_root.last_tick, uptodate = false
        where l.queue_name = i_queue_name and l.consumer_name = _node.worker_name;
        select 200, 'Step 3: Demoted root to branch: ' || i_queue_name into ret_code, ret_note;
    else
        raise exception 'incorrect step number' using errcode = 'invalid_parameter_value', hint = 'Steps are 1, 2 and 3.';
    end if;
end
$$;
