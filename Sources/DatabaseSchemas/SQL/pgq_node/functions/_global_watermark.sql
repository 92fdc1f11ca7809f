-- The tick before which no node of the cascade needs anything; null on a leaf, which does not keep it.
--
-- May be called by: functions of this schema only.
create or replace function pgq_node._global_watermark(i_queue_name text)
returns int8
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select s.sub_last_tick
        from pgq.queue q
        join pgq.subscription s on s.sub_queue = q.queue_id
        join pgq.consumer c on c.co_id = s.sub_consumer
        join pgq_node.node_info n on n.queue_name = q.queue_name and n.node_type <> 'leaf'
        where q.queue_name = i_queue_name and c.co_name = '.global_watermark');
end
$$;
