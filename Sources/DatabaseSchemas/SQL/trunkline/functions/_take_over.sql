-- Gives a member a batch that nobody works on any more: released, or of a receiver that let its lease_time run out, or of a member
-- of the batch interface that was silent for the group's dead interval. The position in the batch goes with it.
--
-- Parameters: i_main: the main consumer, locked; i_member: who asks, locked, without a batch; i_dead_interval: see member_group, or null.
-- Returns: the member with the batch; sub_batch is null if there is none to take.
-- May be called by: functions of this schema only.
create or replace function trunkline._take_over(
    i_main pgq.subscription, i_member pgq.subscription, i_dead_interval interval)
returns pgq.subscription
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _other pgq.subscription;
    _delivery trunkline.delivery;
    _own trunkline.delivery;
    _is_received bool;
begin
    -- a row that is locked belongs to somebody who is doing something at this moment
    select s.* into _other
    from trunkline._orphans(i_main, i_member.sub_consumer, i_dead_interval) o
    join pgq.subscription s on s.sub_queue = o.sub_queue and s.sub_consumer = o.sub_consumer
    where s.sub_batch is not null
    order by s.sub_batch
    limit 1
    for update of s skip locked;
    if not found then
        return i_member;
    end if;
    -- it may have shown a sign of life before it was locked
    if not exists (
        select 1 from trunkline._orphans(i_main, i_member.sub_consumer, i_dead_interval) o
        where o.sub_consumer = _other.sub_consumer)
    then
        return i_member;
    end if;

    _is_received := exists (
        select 1 from trunkline.delivery d
        where d.sub_queue = _other.sub_queue and d.sub_consumer = _other.sub_consumer and d.batch_id = _other.sub_batch);
    _delivery := trunkline._load_delivery(_other, i_main.sub_consumer);
    if not _is_received then
        -- whoever holds the batch id of the batch interface can neither finish it nor retry its events
        i_member.sub_batch := nextval('pgq.batch_id_seq');
        _delivery.batch_id := i_member.sub_batch;
    else
        i_member.sub_batch := _other.sub_batch;
    end if;
    if _other.sub_consumer = i_main.sub_consumer then
        update pgq.subscription s set sub_batch = null, sub_last_tick = s.sub_next_tick, sub_next_tick = null, sub_active = now()
        where s.sub_queue = _other.sub_queue and s.sub_consumer = _other.sub_consumer;
        delete from trunkline.delivery d where d.sub_queue = _other.sub_queue and d.sub_consumer = _other.sub_consumer;
    else
        delete from pgq.subscription s where s.sub_queue = _other.sub_queue and s.sub_consumer = _other.sub_consumer;
    end if;
    i_member.sub_last_tick := _other.sub_last_tick;
    i_member.sub_next_tick := _other.sub_next_tick;
    update pgq.subscription s
    set sub_batch = i_member.sub_batch, sub_last_tick = i_member.sub_last_tick, sub_next_tick = i_member.sub_next_tick,
        sub_active = now()
    where s.sub_queue = i_member.sub_queue and s.sub_consumer = i_member.sub_consumer;

    select d.* into _own from trunkline.delivery d
    where d.sub_queue = i_member.sub_queue and d.sub_consumer = i_member.sub_consumer;
    _delivery.sub_consumer := i_member.sub_consumer;
    _delivery.receipt := nextval('trunkline.receipt_seq');
    _delivery.lease_until := '-infinity';
    _delivery.holder := null;
    _delivery.acked_total := _delivery.acked_total + coalesce(_own.acked_total, 0);
    _delivery.retried_total := _delivery.retried_total + coalesce(_own.retried_total, 0);
    _delivery.dead_total := _delivery.dead_total + coalesce(_own.dead_total, 0);
    _delivery.expired_total := _delivery.expired_total + coalesce(_own.expired_total, 0);
    perform trunkline._store_delivery(_delivery);
    return i_member;
end
$$;
