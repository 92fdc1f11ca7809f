-- Resolves a capture against the catalog: what the generator of its SQL needs, and nothing that it has to look up again.
--
-- Parameters:
--     i_table: table to capture.
--     i_queue: queue name; that it exists is not checked here.
--     i_options: see capture_add(). "attnums" in it (name -> column number, stored with every capture) lets the options follow
--         a column that was renamed.
--     i_lenient: never raise because of what happened to the table since the capture was made: options that name missing
--         columns shrink, a key that is gone becomes the whole row, a filter that no longer works lets everything pass.
-- Returns: JSON object: oid, schema, name, table, queue, queue_id, event_seq, slot_seq, mode, partitioned, from, columns, live, key,
--     key_kind, when, before, origin_only, compare, cascades, settings, signature, function, trigger, marker, options; named, if
--         events carry another name: [schema, name].
-- Errors (unless lenient): unknown option, column or key; virtual column; table without key; filter that does not work.
-- May be called by: internal.
create or replace function trunkline._capture_definition(
    i_table oid,
    i_queue text,
    i_options jsonb,
    i_lenient bool default false)
returns jsonb
language plpgsql
as $$
declare
    _queue record;
    _class record;
    _option text;
    _key text[];
    _key_index oid;
    _key_kind text;
    _only text[];
    _ignored text[];
    _when text := nullif(i_options ->> 'when', '');
    _live jsonb;
    _columns jsonb;
    _attnums jsonb;
    _from text;
    _label text;
    _digest text;
begin
    select c.oid, n.nspname, c.relname, c.relkind, c.relispartition,
           exists (select 1 from pg_catalog.pg_inherits h where h.inhparent = c.oid or h.inhrelid = c.oid) as inherits
    into _class
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = i_table;
    if not found then
        raise exception 'table with oid % does not exist', i_table using errcode = 'undefined_table';
    end if;
    if _class.relkind not in ('r', 'p') then
        raise exception '"%.%" is not a table', _class.nspname, _class.relname
            using errcode = 'wrong_object_type', hint = 'Only ordinary and partitioned tables can be captured.';
    end if;

    select q.queue_id, q.queue_event_seq, q.queue_data_pfx into _queue from pgq.queue q where q.queue_name = i_queue;

    for _option in select o from pg_catalog.jsonb_object_keys(i_options) o loop
        if _option not in ('key', 'columns', 'ignore', 'when', 'before', 'origin_only', 'name', 'letter', 'attnums') then
            raise exception 'unknown capture option "%"', _option
                using errcode = 'invalid_parameter_value',
                      hint = 'Options are: key, columns, ignore, when, before, origin_only, name, letter.';
        end if;
    end loop;
    if i_options ? 'name' and pg_catalog.jsonb_array_length(i_options -> 'name') <> 2 then
        raise exception 'capture option "name" must be a schema and the name of a table'
            using errcode = 'invalid_parameter_value', hint = 'For example {"name": ["public", "orders"]}.';
    end if;

    _key := trunkline._capture_option_columns(i_table, 'key', i_options, i_lenient);
    _only := trunkline._capture_option_columns(i_table, 'columns', i_options, i_lenient);
    _ignored := trunkline._capture_option_columns(i_table, 'ignore', i_options, i_lenient);

    if _key is null then
        select i.indexrelid, case when i.indisprimary then 'primary key' else 'replica identity' end
        into _key_index, _key_kind
        from pg_catalog.pg_index i
        where i.indrelid = i_table and (i.indisprimary or i.indisreplident) and i.indisvalid
        order by i.indisprimary desc
        limit 1;
        select pg_catalog.array_agg(a.attname::text order by k.position) into _key
        from pg_catalog.pg_index i
        cross join lateral pg_catalog.unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where i.indexrelid = _key_index and k.position <= i.indnkeyatts;
    else
        _key_kind := 'chosen';
        -- an index over just these columns lends its operators
        select i.indexrelid into _key_index
        from pg_catalog.pg_index i
        where i.indrelid = i_table and i.indisvalid and i.indpred is null and i.indexprs is null
          and i.indnkeyatts = pg_catalog.cardinality(_key)
          and (select pg_catalog.array_agg(a.attname::text order by a.attname)
               from pg_catalog.unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
               join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
               where k.position <= i.indnkeyatts)
              = (select pg_catalog.array_agg(x order by x::name) from pg_catalog.unnest(_key) x)
          and i.indisunique
        order by i.indisprimary desc
        limit 1;
    end if;
    if _key is null and not i_lenient then
        raise exception 'table "%.%" has no key', _class.nspname, _class.relname
            using errcode = 'invalid_table_definition',
                  detail = 'It has neither a primary key nor a replica identity index.',
                  hint = 'Name the columns that identify a row with --key (option "key"), or add a primary key.';
    end if;

    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'name', a.attname, 'form', trunkline._value_form(a.atttypid)) order by a.attnum),
           pg_catalog.jsonb_object_agg(a.attname, a.attnum)
    into _live, _attnums
    from pg_catalog.pg_attribute a
    where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v';
    if _live is null then
        raise exception 'table "%.%" has no columns', _class.nspname, _class.relname
            using errcode = 'invalid_table_definition';
    end if;

    select pg_catalog.jsonb_agg(l order by p) into _columns
    from pg_catalog.jsonb_array_elements(_live) with ordinality as x (l, p)
    where l ->> 'name' = any (_key)
       or ((_only is null or l ->> 'name' = any (_only))
           and (_ignored is null or l ->> 'name' <> all (_ignored)));
    if _columns is null then
        _columns := _live;
    end if;
    if _key is null then
        _key_kind := 'whole row';
        select pg_catalog.array_agg(c ->> 'name') into _key from pg_catalog.jsonb_array_elements(_columns) c;
    end if;

    _from := pg_catalog.format('%s%I.%I', case when _class.relkind = 'r' then 'only ' else '' end,
        _class.nspname, _class.relname);

    if _when is not null then
        begin
            execute trunkline._capture_filter_probe(_from, _live, _when);
        exception
            when others then
                if i_lenient then
                    raise warning 'capture of "%.%": filter (%) does not work any more, capturing every row: %',
                        _class.nspname, _class.relname, _when, sqlerrm;
                    _when := null;
                else
                    raise exception 'capture filter (%) does not work on "%.%": %',
                        _when, _class.nspname, _class.relname, sqlerrm
                        using errcode = sqlstate,
                              hint = 'It must be a boolean expression over columns of the table. Names outside schema '
                                     'pg_catalog must be schema-qualified.';
                end if;
        end;
    end if;

    _label := pg_catalog.lower(pg_catalog.regexp_replace(_class.relname, '[^A-Za-z0-9_]', '', 'g'));
    _digest := pg_catalog.substr(pg_catalog.md5(pg_catalog.concat_ws('/', i_table, i_queue)), 1, 10);

    return pg_catalog.jsonb_build_object(
        'oid', i_table::int8,
        'schema', _class.nspname,
        'name', _class.relname,
        'queue', i_queue,
        'queue_id', _queue.queue_id,
        'event_seq', _queue.queue_event_seq,
        'slot_seq', _queue.queue_data_pfx || '_slot_seq',
        'mode', case when _class.relkind = 'p' or _class.relispartition or _class.inherits then 'row' else 'statement' end,
        'partitioned', _class.relkind = 'p',
        'from', _from,
        'columns', _columns,
        'live', _live,
        'key', (
            select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'name', k.name,
                'form', trunkline._value_form(a.atttypid),
                'equals', trunkline._equality_operator(a.atttypid, (
                    select i.indclass[x.p]
                    from pg_catalog.pg_index i
                    cross join lateral pg_catalog.generate_series(0, i.indnkeyatts - 1) as x (p)
                    where i.indexrelid = _key_index and i.indkey[x.p] = a.attnum
                    limit 1)),
                'hash', trunkline._key_hash(a.atttypid, a.attcollation)) order by k.position)
            from pg_catalog.unnest(_key) with ordinality as k (name, position)
            join pg_catalog.pg_attribute a on a.attrelid = i_table and a.attname = k.name),
        'key_kind', _key_kind,
        'when', _when,
        'before', coalesce((i_options ->> 'before')::bool, false),
        'origin_only', coalesce((i_options ->> 'origin_only')::bool, false),
        'compare', pg_catalog.jsonb_array_length(_columns) < pg_catalog.jsonb_array_length(_live),
        'cascades', trunkline._has_cascades(i_table),
        'settings', (
            select coalesce(pg_catalog.jsonb_agg(s.clause order by s.clause), '[]')
            from (select distinct s as clause
                  from pg_catalog.pg_attribute a
                  cross join lateral trunkline._type_settings(a.atttypid) s
                  where a.attrelid = i_table and a.attnum > 0 and not a.attisdropped
                    and exists (select 1 from pg_catalog.jsonb_array_elements(_columns) c
                                where c ->> 'name' = a.attname)) s),
        'signature', trunkline._table_shape(i_table),
        'table', pg_catalog.format('%I.%I', _class.nspname, _class.relname),
        'trigger', 'trunkline_' || _digest,
        'function', pg_catalog.format('capture_%s_%s', pg_catalog.left(_label, 36), _digest),
        'marker', 'trunkline.rewritten_' || _digest,
        'options', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
            'key', case when _key_kind = 'chosen' then pg_catalog.to_jsonb(_key) end,
            'columns', pg_catalog.to_jsonb(_only),
            'ignore', pg_catalog.to_jsonb(_ignored),
            'when', nullif(i_options ->> 'when', ''),
            'before', nullif((i_options ->> 'before')::bool, false),
            'origin_only', nullif((i_options ->> 'origin_only')::bool, false),
            'name', i_options -> 'name',
            'letter', nullif((i_options ->> 'letter')::bool, false),
            'attnums', case when _key_kind = 'chosen' or _only is not null or _ignored is not null then (
                select pg_catalog.jsonb_object_agg(n, _attnums -> n)
                from pg_catalog.unnest(_key || _only || _ignored) n) end)))
        || case when i_options ? 'name' then pg_catalog.jsonb_build_object('named', i_options -> 'name') else '{}' end;
end
$$;
