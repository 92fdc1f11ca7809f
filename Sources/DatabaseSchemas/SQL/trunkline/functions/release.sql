-- Gives back what was received and did not fail, for the next who asks: the same member or another. No attempt is counted.
--
-- Parameters: receipt: of trunkline.receive().
-- Returns: number of events given back.
-- Errors: see _hold_receipt().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.release(receipt bigint)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _delivery trunkline.delivery := trunkline._hold_receipt(release.receipt);
begin
    -- the part stays as it is: the events in it keep their order relative to those that failed
    _delivery.receipt := nextval('trunkline.receipt_seq');
    _delivery.lease_until := '-infinity';
    _delivery.holder := null;
    perform trunkline._store_delivery(_delivery);
    perform pg_notify('trunkline_tick', q.queue_name) from pgq.queue q where q.queue_id = _delivery.sub_queue;
    return _delivery.events - _delivery.nacked;
end
$$;
