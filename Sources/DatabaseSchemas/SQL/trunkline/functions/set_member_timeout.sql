-- Sets how long members of a cooperative consumer may be silent before they count as dead.
--
-- Parameters: i_queue_name, i_consumer_name: queue and main consumer; i_dead_interval: the time; null: for ever. It must be
--     longer than the time between two calls of touch_member(), or than the longest batch of members that do not call it.
-- Returns: 1.
-- Errors: the interval is not positive; those of _check_consumer_right().
-- May be called by: everybody, for consumers that he may work as; for one that is not registered yet, who manages the queue.
create or replace function trunkline.set_member_timeout(
    i_queue_name text, i_consumer_name text, i_dead_interval interval)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform 1
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if found then
        perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    else
        perform trunkline._find_queue(i_queue_name, 'manage');
    end if;
    if i_dead_interval <= '0' then
        raise exception 'a member cannot be dead after %', i_dead_interval
            using errcode = 'invalid_parameter_value', hint = 'Give an interval above zero, or null for none.';
    end if;
    if i_dead_interval is null then
        delete from trunkline.member_group where queue_name = i_queue_name and consumer_name = i_consumer_name;
    else
        insert into trunkline.member_group (queue_name, consumer_name, dead_interval)
        values (i_queue_name, i_consumer_name, i_dead_interval)
        on conflict (queue_name, consumer_name) do update set dead_interval = excluded.dead_interval;
    end if;
    return 1;
end
$$;
