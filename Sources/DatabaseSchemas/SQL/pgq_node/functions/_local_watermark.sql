-- The lowest tick that anybody on this node or below it has finished: events after it are still needed here. A leaf answers with
-- what its worker completed. The consumer that holds the global watermark does not count, as it follows this one.
--
-- Parameters: i_queue_name: the queue, which has a node here.
-- May be called by: functions of this schema only.
create or replace function pgq_node._local_watermark(i_queue_name text)
returns int8
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
    _completed int8;
    _lowest int8;
begin
    select n.node_type, l.last_tick_id into _type, _completed
    from pgq_node.node_info n
    left join pgq_node.local_state l on l.queue_name = n.queue_name and l.consumer_name = n.worker_name
    where n.queue_name = i_queue_name;
    if _type = 'leaf' then
        return _completed;
    end if;
    select min(s.sub_last_tick) into _lowest
    from pgq.queue q
    join pgq.subscription s on s.sub_queue = q.queue_id
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name <> '.global_watermark';
    return coalesce(_lowest, pgq_node._newest_tick(i_queue_name));
end
$$;
