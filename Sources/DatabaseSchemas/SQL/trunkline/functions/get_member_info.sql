-- State of the members of a cooperative consumer.
--
-- Parameters: i_queue_name, i_consumer_name: queue and main consumer.
-- Returns: a row per member: its name; current_batch: its open batch; last_seen: time since it did something; is_released:
--     its batch waits for another member; holder: the process that is attached, null for the plain pgq_coop interface.
-- May be called by: everybody.
create or replace function trunkline.get_member_info(
    i_queue_name text,
    i_consumer_name text,
    out member_name text,
    out current_batch bigint,
    out last_seen interval,
    out is_released bool,
    out holder text)
returns setof record
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select substr(c.co_name, length(m.co_name) + 2), s.sub_batch, clock_timestamp() - s.sub_active,
           r.sub_queue is not null, l.holder
    from pgq.subscription o
    join pgq.consumer m on m.co_id = o.sub_consumer
    join pgq.queue q on q.queue_id = o.sub_queue
    join pgq.subscription s on s.sub_queue = o.sub_queue and s.sub_id = o.sub_id and s.sub_consumer <> o.sub_consumer
    join pgq.consumer c on c.co_id = s.sub_consumer
    left join pgq_coop.released_batch r on r.sub_queue = s.sub_queue and r.sub_consumer = s.sub_consumer
    left join trunkline.member_lease l on l.sub_queue = s.sub_queue and l.sub_consumer = s.sub_consumer
    where q.queue_name = i_queue_name and m.co_name = i_consumer_name and starts_with(c.co_name, m.co_name || '.')
      and s.sub_lane is null
    order by 1
$$;
