-- Arguments that the queue's triggers understand: columns= becomes ignore= of all other columns, but those of the key.
--
-- Parameters: i_table: the table; i_args: arguments, see create_trigger().
-- Errors: columns= together with ignore= (invalid_parameter_value).
-- May be called by: functions of this schema only.
create or replace function londiste._trigger_args(i_table oid, i_args text[])
returns text[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    _arg text;
    _columns text;
    _key text;
    _result text[] := '{}';
    _ignored text;
begin
    foreach _arg in array i_args loop
        if _arg like 'columns=%' then
            _columns := substr(_arg, 9);
        else
            _result := _result || _arg;
        end if;
        if _arg like 'pkey=%' then
            _key := substr(_arg, 6);
        end if;
    end loop;
    if _columns is null then
        return _result;
    end if;
    if exists (select 1 from unnest(_result) a where a like 'ignore=%') then
        raise exception 'columns= and ignore= exclude each other'
            using errcode = 'invalid_parameter_value', hint = 'Name the columns to send, or those not to send.';
    end if;
    select string_agg(a.attname, ',' order by a.attnum) into _ignored
    from pg_attribute a
    where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped
      and not exists (select 1 from unnest(string_to_array(_columns, ',')) c where btrim(c) = a.attname)
      and case when _key is not null then not exists (select 1 from unnest(string_to_array(_key, ',')) c where btrim(c) = a.attname)
               else not exists (
                   select 1 from pg_index i
                   where i.indrelid = i_table and i.indisprimary and a.attnum = any (i.indkey::int2[])) end;
    return case when _ignored is null then _result else _result || ('ignore=' || _ignored) end;
end
$$;
