-- Sets everything that the text form of any type depends on, for SQL that is made at run time; see _type_settings().
--
-- Returns: what was set before, for _restore_settings().
-- May be called by: capture functions.
create or replace function trunkline._pin_settings()
returns text[]
language plpgsql
as $$
declare
    _setting text[];
    _before text[] := '{}';
begin
    foreach _setting slice 1 in array array[
        array['datestyle', 'ISO, MDY'], array['timezone', 'UTC'], array['intervalstyle', 'postgres'],
        array['extra_float_digits', '1'], array['bytea_output', 'hex'], array['lc_monetary', 'C'],
        array['quote_all_identifiers', 'off']]
    loop
        if pg_catalog.current_setting(_setting[1]) <> _setting[2] then
            _before := _before || array[array[_setting[1], pg_catalog.current_setting(_setting[1])]];
            perform pg_catalog.set_config(_setting[1], _setting[2], true);
        end if;
    end loop;
    return _before;
end
$$;
