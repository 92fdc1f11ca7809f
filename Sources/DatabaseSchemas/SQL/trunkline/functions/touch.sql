-- Says that the receiver is alive while it works on what it received, which stays with it for another lease_time. To be called
-- outside of the transaction of the work. A receiver whose lease has run out keeps the events as long as nobody else asked.
--
-- Parameters: receipt: of trunkline.receive().
-- Returns: until when the events stay.
-- Errors: see _hold_receipt().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.touch(receipt bigint)
returns timestamptz
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(touch.receipt);
begin
    _delivery.lease_until := clock_timestamp()
        + (select s.lease_time from trunkline._consumer_settings(_delivery.sub_queue, _delivery.main_consumer) s);
    perform trunkline._store_delivery(_delivery);
    -- members of the pgq_coop interface look at this
    update pgq.subscription s set sub_active = clock_timestamp()
    where s.sub_queue = _delivery.sub_queue and s.sub_consumer = _delivery.sub_consumer;
    return _delivery.lease_until;
end
$$;
