-- Takes the batches from dead members of a group, for the others to take. The former holders are refused from then on.
--
-- Parameters: i_queue_name, i_consumer_name: queue and main consumer; i_dead_interval: silence after which a member is dead;
--     i_except: a member that is not looked at, null: none.
-- Returns: number of batches released.
-- May be called by: functions of this schema only.
create or replace function trunkline._release_dead_members(
    i_queue_name text, i_consumer_name text, i_dead_interval interval, i_except text)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
    _count int4 := 0;
begin
    for _member in
        -- a row that is locked belongs to a member that is doing something at this moment
        select s.*
        from pgq.subscription s
        join pgq.consumer c on c.co_id = s.sub_consumer
        join pgq.subscription o on o.sub_queue = s.sub_queue and o.sub_id = s.sub_id
        join pgq.consumer m on m.co_id = o.sub_consumer
        join pgq.queue q on q.queue_id = s.sub_queue
        where q.queue_name = i_queue_name and m.co_name = i_consumer_name
          and s.sub_consumer <> o.sub_consumer and s.sub_batch is not null and s.sub_lane is null
          and c.co_name is distinct from i_consumer_name || '.' || i_except
          and s.sub_active < now() - i_dead_interval
          and not exists (
              select 1 from pgq_coop.released_batch r
              where r.sub_queue = s.sub_queue and r.sub_consumer = s.sub_consumer)
        order by s.sub_batch
        for no key update of s skip locked
    loop
        raise log 'member % of consumer % on queue % is silent since %: batch % is given to the others',
            _member.sub_consumer, i_consumer_name, i_queue_name, _member.sub_active, _member.sub_batch;
        delete from trunkline.member_lease
        where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
        perform pgq_coop._release_batch(_member);
        perform trunkline._batch_released(_member);
        _count := _count + 1;
    end loop;
    return _count;
end
$$;
