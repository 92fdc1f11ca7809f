-- Locks what was delivered under a receipt, if the caller may work as the consumer and the receipt is still valid.
--
-- Parameters: i_receipt: the receipt.
-- Returns: the row in trunkline.delivery.
-- Errors: SQLSTATE TL001: the events were acknowledged or given back under this receipt, or received again by another process;
--     those of _check_consumer_right().
-- May be called by: functions of this schema only.
create or replace function trunkline._hold_receipt(i_receipt bigint)
returns trunkline.delivery
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery;
    _sub pgq.subscription;
    _queue text;
    _consumer text;
begin
    select d.* into _delivery from trunkline.delivery d where d.receipt = i_receipt;
    if found then
        select q.queue_name, c.co_name into _queue, _consumer
        from pgq.queue q, pgq.consumer c
        where q.queue_id = _delivery.sub_queue and c.co_id = _delivery.main_consumer;
        perform trunkline._check_consumer_right(_queue, _consumer);
        -- whoever receives holds this lock, so a receive at the same moment comes before or after all of what follows
        select s.* into _sub from pgq.subscription s
        where s.sub_queue = _delivery.sub_queue and s.sub_consumer = _delivery.sub_consumer
        for no key update;
        select d.* into _delivery from trunkline.delivery d
        where d.sub_queue = _delivery.sub_queue and d.sub_consumer = _delivery.sub_consumer
        for update;
    end if;
    if _delivery.receipt is distinct from i_receipt or i_receipt is null
        or _delivery.parked is null and (_delivery.upto_id is null or _delivery.batch_id is distinct from _sub.sub_batch)
    then
        raise exception 'receipt % is not valid any more', coalesce(i_receipt::text, 'null')
            using errcode = 'TL001',
                  detail = 'The events were acknowledged or given back already, or another process received them since.',
                  hint = 'Undo the work on the events and receive again. Members whose work takes longer than lease_time must call'
                         ' trunkline.touch() meanwhile.';
    end if;
    return _delivery;
end
$$;
