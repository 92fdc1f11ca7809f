-- Replaces fields of an event by the values of columns with special names (_pgq_ev_type, ...), and these by the values of
-- expressions that are given to the trigger.
--
-- Parameters: i_fields: ev_type, ev_data, ev_extra1 to ev_extra4 as they are so far; i_table, i_names, i_values, i_row: the row;
--     i_overrides: expressions by name of field.
-- Returns: the six fields.
-- Errors: a column has an unknown special name; errors of the expressions.
-- May be called by: everybody.
create or replace function pgq._override_fields(
    i_fields text[],
    i_table oid,
    i_names text[],
    i_values text[],
    i_row record,
    i_overrides jsonb)
returns text[]
language plpgsql
as $$
declare
    _names constant text[] := array['ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4'];
    _fields text[] := i_fields;
    _position int4;
begin
    for _column in 1 .. cardinality(i_names) loop
        if i_names[_column] like '\_pgq\_ev\_%' then
            _position := array_position(_names, substr(i_names[_column], 6));
            if _position is null then
                raise exception 'Unknown magic column: %', i_names[_column];
            end if;
            _fields[_position] := i_values[_column];
        end if;
    end loop;
    for _field in 1 .. cardinality(_names) loop
        if i_overrides ? _names[_field] then
            _fields[_field] := pgq._expression_value(i_overrides ->> _names[_field], i_table, i_names, i_row, false);
        end if;
    end loop;
    return _fields;
end
$$;
