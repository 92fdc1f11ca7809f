-- Reads and locks the row of trunkline.delivery of a subscription that is locked.
--
-- Parameters: i_sub: the subscription; i_main: the consumer that it belongs to.
-- Returns: the row, or a new one that is not stored yet. If the batch is another one than it knows, it begins anew.
-- May be called by: functions of this schema only.
create or replace function trunkline._load_delivery(i_sub pgq.subscription, i_main int4)
returns trunkline.delivery
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery;
begin
    select d.* into _delivery from trunkline.delivery d
    where d.sub_queue = i_sub.sub_queue and d.sub_consumer = i_sub.sub_consumer
    for update;
    if not found then
        _delivery.sub_queue := i_sub.sub_queue;
        _delivery.sub_consumer := i_sub.sub_consumer;
        _delivery.acked_total := 0;
        _delivery.retried_total := 0;
        _delivery.dead_total := 0;
        _delivery.expired_total := 0;
        _delivery.events := 0;
        _delivery.nacked := 0;
    end if;
    _delivery.main_consumer := i_main;
    if _delivery.batch_id is null or _delivery.batch_id is distinct from i_sub.sub_batch then
        _delivery.batch_id := i_sub.sub_batch;
        _delivery.after_id := -9223372036854775808;
        _delivery.upto_id := null;
        _delivery.is_last := false;
        _delivery.aside := 0;
        _delivery.mapped := null;
        _delivery.skipped := 0;
    end if;
    return _delivery;
end
$$;
