-- Splits the text form of a row into the texts of its columns, exactly as the output functions of their types made them. It does
-- not need to know the type of the row, so that one static query serves every table.
--
-- Parameters: i_record: a row as text, like (1,"a ""b""",,"").
-- Returns: a text per column that was not dropped; null for null.
-- May be called by: everybody.
create or replace function pgq._record_values(i_record text)
returns text[]
language sql
strict
immutable
as $$
    select array_agg(case
                         when m[1] = '' then null
                         when left(m[1], 1) = '"' then
                             replace(replace(substr(m[1], 2, length(m[1]) - 2), '""', '"'), '\\', '\')
                         else m[1]
                     end)
    from regexp_matches(substr(i_record, 2), '("(?:[^"]|"")*"|[^,)]*)[,)]', 'g') m
$$;
