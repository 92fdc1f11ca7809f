-- The plpgsql statements with which a capture function goes through _capture_dynamic().
--
-- Parameters: i_definition: see _capture_definition(); i_using: USING clause or nothing.
-- May be called by: internal.
create or replace function trunkline._capture_dynamic_call(i_definition jsonb, i_using text)
returns text
language sql
immutable
as $$
    select pg_catalog.format(
$body$trunkline_settings := trunkline._pin_settings();
execute trunkline._capture_dynamic(tg_relid, tg_name, tg_op, tg_level, %L, %L)%s;
perform trunkline._restore_settings(trunkline_settings);$body$,
        i_definition ->> 'queue', i_definition -> 'options', i_using)
$$;
