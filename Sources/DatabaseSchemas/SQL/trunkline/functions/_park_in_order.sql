-- Parks an event of the part of a batch that is handed out. It comes before later events of its key that failed before it did.
--
-- Parameters: i_sub: the subscription of the lane; i_delivery: its row in trunkline.delivery; i_event: the event; i_attempts: how often
--     it failed.
-- May be called by: functions of this schema only.
create or replace function trunkline._park_in_order(
    i_sub pgq.subscription, i_delivery trunkline.delivery, i_event pgq.event_template, i_attempts int4)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _later record;
begin
    perform trunkline._park(i_sub, i_delivery.main_consumer, i_event, i_attempts);
    for _later in
        select p.park_id
        from trunkline.parked_event p
        join trunkline.set_aside a on a.batch_id = i_delivery.batch_id and a.ev_id = p.ev_id and a.hash = p.hash
        where p.sub_queue = i_sub.sub_queue and p.main_consumer = i_delivery.main_consumer
          and p.hash = trunkline._event_hash(i_event) and p.ev_id > i_event.ev_id
        order by p.park_id
    loop
        update trunkline.parked_event p set park_id = nextval('trunkline.parked_event_park_id_seq') where p.park_id = _later.park_id;
    end loop;
end
$$;
