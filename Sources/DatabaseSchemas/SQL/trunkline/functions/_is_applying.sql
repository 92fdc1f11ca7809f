-- Whether the open transaction applies changes of another database, see begin_apply().
--
-- May be called by: captures.
create or replace function trunkline._is_applying()
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return current_setting('trunkline.applying', true) = trunkline._apply_mark();
end
$$;
