-- Tells the ticker about events that are to be retried soon, see functions/_announce_due.sql.
create or replace function trunkline.retry_added()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform trunkline._announce_due((select min(a.ev_retry_after) from added a));
    return null;
end
$$;

create or replace trigger trunkline_retry_added
after insert on pgq.retry_queue referencing new table as added
for each statement execute function trunkline.retry_added();
