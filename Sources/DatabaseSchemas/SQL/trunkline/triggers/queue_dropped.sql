-- Removes what waits for a queue that is dropped, and its deduplication keys.
create or replace function trunkline.queue_dropped()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from trunkline.delayed_event d using dropped q where d.queue_id = q.queue_id;
    delete from trunkline.sent_key s using dropped q where s.queue_id = q.queue_id;
    return null;
end
$$;

create or replace trigger trunkline_queue_dropped
after delete on pgq.queue referencing old table as dropped
for each statement execute function trunkline.queue_dropped();

alter table pgq.queue enable always trigger trunkline_queue_dropped;
