-- A table that leaves its set loses the triggers that log it.
create or replace function londiste.table_info_trigger()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform londiste.drop_table_triggers(old.queue_name, old.table_name);
    return old;
end
$$;

create or replace trigger table_info_trigger_sync
before delete on londiste.table_info
for each row execute function londiste.table_info_trigger();
