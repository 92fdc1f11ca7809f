-- Removes the registration of a consumer. Of a cooperative group, the main consumer takes its members with it; a member goes
-- alone. A consumer takes its lanes with it; a lane cannot go alone.
--
-- Parameters: x_queue_name: name of the queue; x_consumer_name: name of the consumer.
-- Returns: number of registrations removed; 0 if there was none.
-- May be called by: pgq_reader.
create or replace function pgq.unregister_consumer(x_queue_name text, x_consumer_name text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription;
    _is_member bool;
    _removed int4;
begin
    select s.* into _sub
    from pgq.subscription s
    join pgq.consumer c on c.co_id = s.sub_consumer
    join pgq.queue q on q.queue_id = s.sub_queue
    where q.queue_name = x_queue_name and c.co_name = x_consumer_name
    for update of s;
    if not found then
        return 0;
    end if;

    if _sub.sub_lane > 0 then
        raise exception 'consumer "%" is a lane', x_consumer_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Unregister the consumer that it belongs to, or change its number of lanes with trunkline.set_consumer().';
    end if;
    -- a member shares the sub_id of the group and is called after the main consumer
    _is_member := exists (
        select 1
        from pgq.subscription o
        join pgq.consumer c on c.co_id = o.sub_consumer
        where o.sub_queue = _sub.sub_queue and o.sub_id = _sub.sub_id and o.sub_consumer <> _sub.sub_consumer
          and starts_with(x_consumer_name, c.co_name || '.'));
    if _is_member then
        delete from pgq.subscription
        where sub_queue = _sub.sub_queue and sub_consumer = _sub.sub_consumer;
        return 1;
    end if;

    delete from pgq.retry_queue where ev_owner = _sub.sub_id;
    delete from pgq.subscription where sub_queue = _sub.sub_queue and sub_id = _sub.sub_id;
    get diagnostics _removed = row_count;

    delete from pgq.consumer c
    where (c.co_id = _sub.sub_consumer or _sub.sub_lane = 0 and c.co_name ~ '\.lane-[0-9]+$' and starts_with(c.co_name, x_consumer_name || '.'))
      and not exists (select 1 from pgq.subscription s where s.sub_consumer = c.co_id);
    return _removed;
end
$$;
