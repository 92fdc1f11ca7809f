-- Makes every session plan its inserts into queues anew after a change of settings that writers obey; see
-- functions/queue_is_plain.sql. The settings reach the sessions with the commit, by PostgreSQL's own invalidation messages.
create or replace function trunkline.queue_changed()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- changes nothing but what sessions have cached, and only locks out other changes of the table's definition
    alter table only pgq.event_template alter column ev_owner set statistics -1;
    return null;
end
$$;

create or replace trigger trunkline_queue_changed
after insert or delete or update of queue_id, queue_name, queue_data_pfx, queue_event_seq, queue_disable_insert, queue_per_tx_limit
on pgq.queue for each statement execute function trunkline.queue_changed();

alter table pgq.queue enable always trigger trunkline_queue_changed;
