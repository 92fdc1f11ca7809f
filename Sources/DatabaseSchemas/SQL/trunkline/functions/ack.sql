-- Acknowledges the events that were received under a receipt, except those that failed with nack(): the consumer never gets them again.
-- Called in the transaction of the work in the same database, work and acknowledgement happen together or not at all.
--
-- Parameters: receipt: of trunkline.receive().
-- Returns: number of events acknowledged.
-- Errors: see _hold_receipt().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.ack(receipt bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(ack.receipt);
begin
    perform trunkline._done(_delivery);
    return _delivery.events - _delivery.nacked;
end
$$;
