-- Publishes the global watermark if that did not happen for five minutes, as when the worker of the root does not run.
--
-- Returns: 0.
-- May be called by: pgq_admin.
create or replace function pgq_node.maint_watermark(i_queue_name text)
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select 1
        from pgq_node.node_info n
        join pgq.queue q on q.queue_name = n.queue_name
        join pgq.consumer c on c.co_name = '.global_watermark'
        join pgq.subscription s on s.sub_queue = q.queue_id and s.sub_consumer = c.co_id
        join pgq.tick t on t.tick_queue = q.queue_id and t.tick_id = s.sub_last_tick
        where n.queue_name = i_queue_name and n.node_type = 'root' and t.tick_time < now() - interval '5 minutes')
    then
        perform pgq_node.set_global_watermark(i_queue_name, null);
    end if;
    return 0;
end
$$;
