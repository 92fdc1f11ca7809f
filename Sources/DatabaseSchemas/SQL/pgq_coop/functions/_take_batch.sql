-- Gives a member the batch of another member whose row is removed. The group must be locked.
--
-- Parameters: i_main: the main consumer; i_member: who asks; i_dead_interval: members silent for longer are dead; null: only
--     batches that were released.
-- Returns: id of the batch; null if there is none to take. At most one dead member is removed, with or without a batch.
-- May be called by: functions of this schema only.
create or replace function pgq_coop._take_batch(
    i_main pgq.subscription, i_member pgq.subscription, i_dead_interval interval)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _other pgq.subscription;
begin
    -- a row that is locked belongs to a member that is doing something at this moment
    select s.* into _other
    from pgq.subscription s
    join pgq_coop.released_batch r on r.sub_queue = s.sub_queue and r.sub_consumer = s.sub_consumer
    where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id and s.sub_batch is not null
      and s.sub_consumer not in (i_main.sub_consumer, i_member.sub_consumer)
    order by s.sub_batch
    limit 1
    for update of s skip locked;
    if not found and i_dead_interval is not null then
        select s.* into _other
        from pgq.subscription s
        where s.sub_queue = i_main.sub_queue and s.sub_id = i_main.sub_id
          and s.sub_consumer not in (i_main.sub_consumer, i_member.sub_consumer)
          and s.sub_active < now() - i_dead_interval
        order by s.sub_batch is null, s.sub_active
        limit 1
        for update of s skip locked;
    end if;
    if _other.sub_id is null then
        return null;
    end if;

    delete from pgq.subscription where sub_queue = _other.sub_queue and sub_consumer = _other.sub_consumer;
    if _other.sub_batch is null then
        return null;
    end if;
    update pgq.subscription
    set sub_batch = _other.sub_batch, sub_last_tick = _other.sub_last_tick, sub_next_tick = _other.sub_next_tick,
        sub_active = now()
    where sub_queue = i_member.sub_queue and sub_consumer = i_member.sub_consumer;
    return _other.sub_batch;
end
$$;
