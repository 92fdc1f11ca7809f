-- Moves a consumer beyond what it received.
--
-- Parameters: i_delivery: what was received; see _hold_receipt().
-- May be called by: functions of this schema only.
create or replace function trunkline._done(i_delivery trunkline.delivery)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    i_delivery.acked_total := i_delivery.acked_total + i_delivery.events - i_delivery.nacked;
    if i_delivery.parked is not null then
        perform trunkline._done_parked(i_delivery);
        i_delivery.parked := null;
        perform trunkline._store_delivery(i_delivery);
        return;
    end if;

    if i_delivery.is_last then
        perform trunkline._finish_delivered(trunkline._hold_sub(i_delivery), i_delivery);
        i_delivery.batch_id := null;
        i_delivery.aside := 0;
    elsif i_delivery.aside > 0 then
        delete from trunkline.set_aside a
        where a.batch_id = i_delivery.batch_id and a.ev_id <= i_delivery.upto_id;
        i_delivery.aside := 0;
    end if;
    i_delivery.after_id := i_delivery.upto_id;
    i_delivery.upto_id := null;
    i_delivery.expired_total := i_delivery.expired_total + i_delivery.skipped;
    i_delivery.skipped := 0;
    perform trunkline._store_delivery(i_delivery);
end
$$;
