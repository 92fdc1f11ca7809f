-- Id of the newest tick of a queue; null if there is none.
--
-- May be called by: functions of this schema only.
create or replace function pgq_node._newest_tick(i_queue_name text)
returns int8
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select t.tick_id from pgq.queue q join pgq.tick t on t.tick_queue = q.queue_id
        where q.queue_name = i_queue_name
        order by t.tick_id desc limit 1);
end
$$;
