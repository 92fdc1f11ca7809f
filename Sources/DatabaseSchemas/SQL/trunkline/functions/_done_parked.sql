-- Removes parked events that were delivered and are done; the next ones of their keys may be delivered.
--
-- Parameters: i_delivery: what was received; see _hold_receipt().
-- May be called by: functions of this schema only.
create or replace function trunkline._done_parked(i_delivery trunkline.delivery)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _hashes int8[];
begin
    with done as (
        delete from trunkline.parked_event p where p.park_id = any (i_delivery.parked) returning p.hash
    )
    select array_agg(distinct d.hash) into _hashes from done d;
    delete from trunkline.parked_key k
    where k.sub_queue = i_delivery.sub_queue and k.main_consumer = i_delivery.main_consumer and k.hash = any (_hashes)
      and not exists (
          select 1 from trunkline.parked_event p
          where p.sub_queue = k.sub_queue and p.main_consumer = k.main_consumer and p.hash = k.hash);
end
$$;
