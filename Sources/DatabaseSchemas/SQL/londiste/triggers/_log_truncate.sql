-- Logs the TRUNCATE of a table that has another name in the set.
--
-- Arguments of the trigger: queue, name of the table in the set.
-- Events: R: ev_extra1 table.
create or replace function londiste._log_truncate()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('session_replication_role') <> 'local' then
        perform pgq.insert_event(tg_argv[0], 'R', '', tg_argv[1], null, null, null);
    end if;
    return null;
end
$$;
