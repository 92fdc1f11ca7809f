-- The columns that an option of a capture names.
--
-- Parameters: i_table: the table; i_option: key, columns or ignore; i_options: all options, see _capture_definition();
--     i_lenient: leave out what does not exist.
-- Returns: column names as they are now; null if the option is not given or nothing of it is left.
-- Errors: not an array of names; empty; unknown, system or virtual column.
-- May be called by: internal.
create or replace function trunkline._capture_option_columns(i_table oid, i_option text, i_options jsonb, i_lenient bool)
returns text[]
language plpgsql
stable
as $$
declare
    _wanted jsonb := i_options -> i_option;
    _name text;
    _column record;
    _result text[] := '{}';
begin
    if _wanted is null or _wanted = 'null' then
        return null;
    end if;
    if pg_catalog.jsonb_typeof(_wanted) <> 'array' or pg_catalog.jsonb_array_length(_wanted) = 0 then
        raise exception 'capture option "%" must be a list of column names', i_option
            using errcode = 'invalid_parameter_value', hint = pg_catalog.format('For example {"%s": ["id"]}.', i_option);
    end if;
    for _name in select n from pg_catalog.jsonb_array_elements_text(_wanted) n loop
        select a.attname, a.attgenerated into _column
        from pg_catalog.pg_attribute a
        where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped
          and (a.attname = _name or a.attnum = (i_options -> 'attnums' ->> _name)::int2)
        order by (a.attnum = (i_options -> 'attnums' ->> _name)::int2) desc nulls last
        limit 1;
        if found and _column.attgenerated <> 'v' then
            _result := _result || _column.attname::text;
        elsif not i_lenient then
            if found then
                raise exception 'column "%" of table % is virtual', _name, i_table::regclass
                    using errcode = 'feature_not_supported',
                          hint = 'A virtual generated column has no stored value that could be captured.';
            end if;
            raise exception 'column "%" of table % does not exist', _name, i_table::regclass
                using errcode = 'undefined_column',
                      hint = pg_catalog.format('It is named by option "%s". Columns are: %s.', i_option, (
                          select pg_catalog.string_agg(a.attname, ', ' order by a.attnum)
                          from pg_catalog.pg_attribute a
                          where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped));
        elsif i_option = 'key' then
            return null;
        end if;
    end loop;
    return nullif(_result, '{}');
end
$$;
