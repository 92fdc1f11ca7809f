-- What logutriga, sqltriga and jsontriga have in common: puts the change of a table into a queue.
--
-- Everything is found out anew each time: nothing is remembered that could be outdated. Where speed matters, the capture
-- triggers that are generated for a table are the better choice.
--
-- Parameters: i_form: form of the event: urlencoded, sql or json; the others: variables of the trigger.
-- Returns: true if the operation on the table is to be skipped.
-- Errors: see pgq._trigger_options() and pgq.insert_event(); the table has no key; the key was changed; changes are denied.
-- May be called by: everybody; it has the rights of the user who changes the table.
create or replace function pgq._log_change(
    i_form text,
    i_table oid,
    i_schema text,
    i_name text,
    i_op text,
    i_when text,
    i_level text,
    i_args text[],
    i_new record,
    i_old record)
returns boolean
language plpgsql
as $$
declare
    _options record;
    _row record;
    _names text[];
    _types oid[];
    _virtual bool[];
    _pkey text[];
    _old text[];
    _new text[];
    _values text[];
    _changed bool[];
    _key bool[];
    _wanted bool[];
    _has_magic bool;
    _type text;
    _data text;
    _extra2 text;
    _fields text[];
begin
    if current_setting('session_replication_role') = 'local' then
        return false;
    end if;
    _options := pgq._trigger_options(i_args, i_op, i_when, i_level);
    if _options.deny then
        -- what a worker brings that may not set session_replication_role
        if current_setting('trunkline.applying', true) <> '' and trunkline._is_applying() then
            return false;
        end if;
        raise exception 'Table ''%.%'' to queue ''%'': change not allowed (%)', i_schema, i_name, _options.queue, i_op;
    end if;

    if _options.pkey is null then
        select array_agg(a.attname order by k.position) into _pkey
        from pg_catalog.pg_index i
        cross join unnest(i.indkey::int2[]) with ordinality k (attnum, position)
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where i.indrelid = i_table and i.indisprimary and k.position <= i.indnkeyatts;
        _pkey := coalesce(_pkey, '{}');
    else
        _pkey := case when _options.pkey = '' then array[''] else string_to_array(_options.pkey, ',') end;
    end if;
    if i_op in ('UPDATE', 'DELETE') and array_to_string(_pkey, ',') = '' then
        raise exception 'Update/Delete on table without pkey'
            using detail = format('Table "%s.%s" has no primary key.', i_schema, i_name),
                  hint = 'Add one, or name columns with the option pkey= of the trigger.';
    end if;

    _type := case i_form
        when 'json' then format('{"op":"%s","table":[%s,%s],"pkey":%s}', i_op, to_json(i_schema), to_json(i_name),
                                array_to_json(_pkey))
        when 'sql' then case i_op when 'TRUNCATE' then 'R' else left(i_op, 1) end
        else case i_op when 'TRUNCATE' then 'R' else left(i_op, 1) || ':' || array_to_string(_pkey, ',') end
    end;

    if i_op = 'TRUNCATE' then
        perform pgq.insert_event(_options.queue, _type, case i_form when 'json' then '{}' else '' end,
                                 i_schema || '.' || i_name, null, null, null);
        return _options.skip;
    end if;

    select array_agg(a.attname order by a.attnum), array_agg(a.atttypid order by a.attnum),
           array_agg(a.attgenerated = 'v' order by a.attnum),
           coalesce(bool_or(a.attname like '\_pgq\_ev\_%'), false)
    into _names, _types, _virtual, _has_magic
    from pg_catalog.pg_attribute a
    where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped;

    if i_op = 'DELETE' then
        _row := i_old;
        _old := pgq._record_values(i_old::text);
        _values := _old;
    else
        _row := i_new;
        _new := pgq._record_values(i_new::text);
        _values := _new;
        if i_op = 'UPDATE' then
            _old := pgq._record_values(i_old::text);
        end if;
    end if;

    -- virtual generated columns (PostgreSQL 18) have no value in a trigger: null would be a lie
    select array_agg(c.name = any (k.keys) order by c.position),
           array_agg(not (c.virtual or c.name = any (k.ignored) or (_has_magic and c.name like '\_pgq\_ev\_%')) order by c.position),
           case when i_op = 'UPDATE' and (i_form = 'sql' or _options.ignored is not null or _old is distinct from _new)
                then array_agg(not pgq._same_value(c.type, c.old, c.new) order by c.position) end
    into _key, _wanted, _changed
    from unnest(_names, _types, _virtual, _old, _new) with ordinality c (name, type, virtual, old, new, position)
    cross join (
        select array(select btrim(p) from unnest(_pkey) p) as keys,
               array(select btrim(p) from unnest(string_to_array(coalesce(_options.ignored, ''), ',')) p) as ignored
    ) k;

    if true = any (_changed) then
        if exists (select 1 from unnest(_changed, _key) c (changed, key) where c.changed and c.key) then
            raise exception 'primary key update not allowed'
                using detail = format('Table "%s.%s".', i_schema, i_name),
                      hint = 'Delete the row and insert it anew.';
        end if;
        if (i_form = 'sql' or _options.ignored is not null)
            and not exists (select 1 from unnest(_changed, _wanted) c (changed, wanted) where c.changed and c.wanted)
        then
            return _options.skip;
        end if;
    end if;

    if _options.condition is not null
        and pgq._expression_value(_options.condition, i_table, _names, _row, true) <> 't'
    then
        return _options.skip;
    end if;

    if i_form = 'sql' then
        _data := pgq._encode_partial_sql(i_op, _names, _old, _new, _wanted, _changed, _key);
    else
        _data := pgq._encode_row(i_form, _names, _types, _values, _wanted, _row);
    end if;
    if _options.backup and i_op = 'UPDATE' then
        _extra2 := pgq._encode_row(case i_form when 'json' then 'json' else 'urlencoded' end,
                                   _names, _types, _old, _wanted, i_old);
    end if;

    _fields := array[_type, _data, i_schema || '.' || i_name, _extra2, null, null];
    if _has_magic or _options.overrides <> '{}' then
        _fields := pgq._override_fields(_fields, i_table, _names, _values, _row, _options.overrides);
    end if;
    perform pgq.insert_event(_options.queue, _fields[1], _fields[2], _fields[3], _fields[4], _fields[5], _fields[6]);
    return _options.skip;
end
$$;
