-- The SQL statement that captures one kind of change.
--
-- Two ways. The direct one writes the rows as the trigger got them. The current one reads, for the key of every row that the
-- trigger got, the row that is in the table now: it is right whatever other statement has changed that row in the meantime,
-- even when that statement's events are in the queue already, because the last event of a key always tells its last state.
-- Deletes and changes of a key are always checked against the table: the key may have been taken by another row.
--
-- Parameters:
--     i_definition: see _capture_definition();
--     i_op: INSERT, UPDATE, DELETE, TRUNCATE, or CLEAR: every row that is there is about to go;
--     i_level: where the rows are, see _capture_source();
--     i_current: whether to write current rows;
--     i_straight: see _capture_insert().
-- Returns: one INSERT statement.
-- May be called by: internal.
create or replace function trunkline._capture_statement(
    i_definition jsonb, i_op text, i_level text, i_current bool, i_straight bool)
returns text
language plpgsql
immutable
as $$
declare
    _new text := trunkline._capture_source(i_definition, 'new', i_level);
    _old text := trunkline._capture_source(i_definition, 'old', i_level);
    _payload text := trunkline._capture_payload(i_definition -> 'columns', 'a');
    _insert text := trunkline._capture_type(i_definition, 'INSERT');
    _update text := trunkline._capture_type(i_definition, 'UPDATE');
    _delete text := trunkline._capture_type(i_definition, 'DELETE');
    _backup text := case when (i_definition ->> 'before')::bool then 'pg_catalog.row_to_json(%s)::pg_catalog.text' else 'null' end;
    _filter text := case when i_definition ->> 'when' is not null then ' cross join lateral '
        || trunkline._capture_filter(i_definition -> 'live', i_definition ->> 'when', 'a') || ' as f' else '' end;
    _passes text := case when i_definition ->> 'when' is not null then 'f.passes' else 'true' end;
begin
    if i_op = 'TRUNCATE' then
        -- rows that are there now were written by a trigger of the same TRUNCATE
        return trunkline._capture_insert(i_definition, pg_catalog.format(
            $sql$select s.ev_type, s.ev_data, null as ev_extra2, null as ev_extra3
    from (select 0 as part, %s as ev_type, %L as ev_data
        union all
        select 1, %s, pg_catalog.row_to_json(d.*)::pg_catalog.text
        from %s as a cross join lateral (select %s) as d%s where %s) as s
    order by s.part$sql$,
            trunkline._capture_type(i_definition, 'TRUNCATE'),
            case when (i_definition #>> '{options,letter}')::bool then '' else '{}' end, _insert,
            i_definition ->> 'from', _payload, _filter, _passes), i_straight);
    end if;

    if i_op = 'CLEAR' then
        return trunkline._capture_insert(i_definition, pg_catalog.format(
            $sql$select %s as ev_type, pg_catalog.row_to_json(d.*)::pg_catalog.text as ev_data,
        null as ev_extra2, null as ev_extra3
    from %s as a cross join lateral (select %s) as d%s where %s$sql$,
            _delete, i_definition ->> 'from', _payload, _filter, _passes), i_straight);
    end if;

    if i_op = 'INSERT' and not i_current then
        return trunkline._capture_insert(i_definition, pg_catalog.format(
            $sql$select %s as ev_type, pg_catalog.row_to_json(d.*)::pg_catalog.text as ev_data,
        null as ev_extra2, null as ev_extra3
    from %s as a cross join lateral (select %s) as d%s where %s$sql$,
            _insert, _new, _payload, _filter, _passes), i_straight);
    end if;

    if i_op in ('INSERT', 'DELETE') then
        return trunkline._capture_insert(i_definition, pg_catalog.format(
            $sql$select case when present.here then %s else %s end as ev_type,
        pg_catalog.row_to_json(case when present.here then present.r else d.* end)::pg_catalog.text as ev_data,
        %s as ev_extra2, null as ev_extra3
    from %s as a cross join lateral (select %s) as d%s
    left join lateral %s as present on true where %s$sql$,
            case i_op when 'INSERT' then _insert else _update end, _delete,
            case i_op when 'DELETE' then pg_catalog.format('case when present.here then ' || _backup || ' end', 'd.*') else 'null' end,
            case i_op when 'INSERT' then _new else _old end, _payload,
            case when i_current then '' else _filter end,
            trunkline._capture_present(i_definition, 'a', null, null),
            case when i_current then 'true' else _passes || ' or present.here' end), i_straight);
    end if;

    if i_op = 'UPDATE' and not i_current and trunkline._capture_is_plain(i_definition) and i_level = 'statement' then
        return trunkline._capture_insert(i_definition, pg_catalog.format(
            $sql$select %s as ev_type, pg_catalog.row_to_json(d.*)::pg_catalog.text as ev_data,
        null as ev_extra2, null as ev_extra3
    from %s as a cross join lateral (select %s) as d
    where (select pg_catalog.bit_xor(%4$s) from trunkline_old as k) = (select pg_catalog.bit_xor(%4$s) from trunkline_new as k)$sql$,
            _update, _new, _payload, trunkline._capture_key_hash(i_definition, 'k')), i_straight);
    end if;

    return trunkline._capture_insert(i_definition,
        trunkline._capture_update(i_definition, i_level, i_current, _old, _new), i_straight);
end
$$;
