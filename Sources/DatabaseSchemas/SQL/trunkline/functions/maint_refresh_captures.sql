-- Refreshes captures of altered tables; part of the regular maintenance (queue_extra_maint, or the ticker).
--
-- What may not be refreshed by the caller is left alone: nothing is lost, only slower, until the owner does it.
--
-- Returns: 0, as maintenance functions do when they need not be called again at once.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_refresh_captures()
returns int4
language plpgsql
as $$
begin
    perform trunkline.capture_refresh();
    return 0;
end
$$;
