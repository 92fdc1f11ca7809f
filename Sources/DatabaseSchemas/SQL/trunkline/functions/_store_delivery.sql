-- Writes a row of trunkline.delivery. The row of the subscription must be locked.
--
-- Parameters: i_delivery: the row.
-- May be called by: functions of this schema only.
create or replace function trunkline._store_delivery(i_delivery trunkline.delivery)
returns void
language sql
as $$
    insert into trunkline.delivery select (i_delivery).*
    on conflict (sub_queue, sub_consumer) do update
    set (main_consumer, receipt, batch_id, after_id, upto_id, is_last, parked, events, nacked, aside, mapped, oldest, skipped,
         lease_until, holder, acked_total, retried_total, dead_total, expired_total)
      = (excluded.main_consumer, excluded.receipt, excluded.batch_id, excluded.after_id, excluded.upto_id, excluded.is_last,
         excluded.parked, excluded.events, excluded.nacked, excluded.aside, excluded.mapped, excluded.oldest, excluded.skipped,
         excluded.lease_until, excluded.holder, excluded.acked_total, excluded.retried_total, excluded.dead_total,
         excluded.expired_total)
$$;
