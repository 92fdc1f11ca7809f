-- Looks, without any lock, whether a member that asks for a batch could get something other than none.
--
-- Parameters: as of pgq_coop.next_batch_custom().
-- Returns: false if it is certain that there is nothing, neither a batch nor an error.
-- May be called by: functions of this schema and of trunkline only.
create or replace function pgq_coop._has_work(
    i_queue_name text, i_consumer_name text, i_subconsumer_name text, i_dead_interval interval)
returns bool
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    _main pgq.subscription;
    _member pgq.subscription;
begin
    select s.* into _main
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_subconsumer_name);
    if _main.sub_paused or _member.sub_paused then
        return false;
    end if;
    return _main.sub_id is null or _member.sub_id is null
        or _main.sub_batch is not null or _member.sub_batch is not null
        or exists (select 1 from pgq.tick t where t.tick_queue = _main.sub_queue and t.tick_id > _main.sub_last_tick)
        or not exists (select 1 from pgq.tick t where t.tick_queue = _main.sub_queue and t.tick_id = _main.sub_last_tick)
        or exists (
            select 1
            from pgq.subscription s
            left join pgq_coop.released_batch r on r.sub_queue = s.sub_queue and r.sub_consumer = s.sub_consumer
            where s.sub_queue = _main.sub_queue and s.sub_id = _main.sub_id
              and s.sub_consumer not in (_main.sub_consumer, _member.sub_consumer)
              and (r.sub_queue is not null or s.sub_active < now() - i_dead_interval));
end
$$;
