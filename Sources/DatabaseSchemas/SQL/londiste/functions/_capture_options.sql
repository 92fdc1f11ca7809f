-- What arguments of a trigger mean for a generated capture, which leaves out what arrives from other nodes, and whose TRUNCATE all
-- programs for sets understand.
--
-- Parameters: i_flags: see create_trigger(); i_args: its arguments but those that are not the trigger's; i_table_name, i_dest_table:
--     the table's name in the set and here.
-- Returns: options of trunkline.capture_add(); null: no capture is asked for, or none can do what is asked.
-- May be called by: functions of this schema only.
create or replace function londiste._capture_options(i_flags text, i_args text[], i_table_name text, i_dest_table text)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    _arg text;
    _name text;
    _value text;
    _options jsonb := '{"origin_only": true, "letter": true}';
begin
    if i_flags !~ 'G' or i_flags ~ '[BQLJS]' or not (i_flags ~ 'I' and i_flags ~ 'U' and i_flags ~ 'D') then
        return null;
    end if;
    foreach _arg in array i_args loop
        _name := split_part(_arg, '=', 1);
        _value := substr(_arg, length(_name) + 2);
        if _arg = 'backup' then
            _options := _options || '{"before": true}';
        elsif _name in ('ignore', 'columns', 'pkey') and _value <> '' then
            _options := _options || jsonb_build_object(
                case _name when 'pkey' then 'key' else _name end,
                (select jsonb_agg(btrim(c) order by n) from unnest(string_to_array(_value, ',')) with ordinality u (c, n)));
        elsif _name = 'when' and _value <> '' then
            _options := _options || jsonb_build_object('when', _value);
        else
            return null;
        end if;
    end loop;
    if i_dest_table is distinct from i_table_name then
        _options := _options || (
            select jsonb_build_object('name', jsonb_build_array(f.schema_part, f.name_part))
            from londiste.split_fqname(i_table_name) f);
    end if;
    return _options;
end
$$;
