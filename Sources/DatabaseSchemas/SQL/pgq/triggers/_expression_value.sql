-- Value of an SQL expression over the columns of a row, as its output function makes it. A word that is the name of a column
-- means this column; words in quotes, in comments and after a dot do not.
--
-- Parameters: i_expression: what would be written after SELECT; empty: null; i_table: table of the row; i_columns: names of its
--     columns; i_row: the row; i_boolean: the value must be true or false.
-- Errors: those of the expression; it does not give one row; it is null or not boolean although i_boolean.
-- May be called by: everybody; it is run with the rights of the caller.
create or replace function pgq._expression_value(
    i_expression text,
    i_table regclass,
    i_columns text[],
    i_row record,
    i_boolean bool)
returns text
language plpgsql
as $$
declare
    _token text;
    _sql text := '';
    _result record;
begin
    if btrim(i_expression) = '' then
        return null;
    end if;
    for _token in
        select m[1]
        from regexp_matches(i_expression,
            -- names with their dots, strings, quoted names, dollar strings, numbers, white space, anything else
            '([[:alpha:]_\u0080-\uffff][\w$\u0080-\uffff]*(?:\s*\.\s*[[:alpha:]_"][\w$"]*)*|''(?:[^'']|'''')*''|"(?:[^"]|"")*"'
            '|\$(\w*)\$.*?\$\2\$|[0-9.]+(?:[eE][+-]?[0-9]+)?|\s+|.)', 'g') m
    loop
        _sql := _sql || case when _token = any (i_columns) then format('($1::%s).%I', i_table, _token) else _token end;
    end loop;

    execute 'select s.v is null as missing, format(''%s'', s.v) as value, pg_catalog.pg_typeof(s.v)::oid as type,'
            ' count(*) over () as rows from (select ' || _sql || E'\n) as s (v) limit 1'
    into _result using i_row;
    if _result.rows is distinct from 1 then
        raise exception 'Expect 1 row from override query, got %', coalesce(_result.rows, 0);
    end if;
    if i_boolean then
        if _result.type <> 'bool'::regtype then
            raise exception 'when= query result must be boolean, got=%', _result.type;
        end if;
        if _result.missing then
            raise exception 'when= should not be NULL';
        end if;
    end if;
    return case when not _result.missing then _result.value end;
end
$$;
