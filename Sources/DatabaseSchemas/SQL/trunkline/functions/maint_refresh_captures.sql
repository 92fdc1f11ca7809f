-- Refreshes captures of altered tables; part of the regular maintenance (pgq.maint_operations).
--
-- Only tables that the caller itself owns: a ticker that runs as superuser must not make functions from definitions that
-- somebody else wrote. Without a refresh nothing is lost: the capture is slower until the owner calls capture_refresh().
--
-- Returns: 0, as maintenance functions do when they need not be called again at once.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_refresh_captures()
returns int4
language plpgsql
as $$
declare
    _known trunkline.capture;
begin
    for _known in
        select k.* from trunkline.capture k
        join pg_catalog.pg_class c on c.oid = k.table_oid and c.relowner = current_user::regrole
        order by k.schema_name, k.table_name, k.queue_name
    loop
        begin
            perform trunkline._capture_refresh(_known);
        exception
            when others then
                raise warning 'capture of %.% into queue % cannot be refreshed: %',
                    _known.schema_name, _known.table_name, _known.queue_name, sqlerrm
                    using hint = 'See trunkline.capture_check().';
        end;
    end loop;
    return 0;
end
$$;
