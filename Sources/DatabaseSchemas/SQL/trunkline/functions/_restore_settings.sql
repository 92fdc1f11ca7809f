-- Undoes _pin_settings().
--
-- Parameters: i_before: its result.
-- May be called by: capture functions.
create or replace function trunkline._restore_settings(i_before text[])
returns void
language plpgsql
as $$
declare
    _setting text[];
begin
    if i_before = '{}' then
        return;
    end if;
    foreach _setting slice 1 in array i_before loop
        perform pg_catalog.set_config(_setting[1], _setting[2], true);
    end loop;
end
$$;
