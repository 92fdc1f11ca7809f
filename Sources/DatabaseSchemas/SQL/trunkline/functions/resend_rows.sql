-- Sends rows of a captured table through the queue again, so that every copy gets them: of a row that is there a DELETE and an
-- INSERT event with its present content, of one that is not there a DELETE event.
--
-- The events stand in order with the changes that are captured of the same rows: a row that is there is locked against changes
-- until the end of the transaction; for rows that are not there, the whole table is.
--
-- Parameters: i_table: the table; i_queue: the queue; i_name: schema.table as the events of this table name it, null: the table's
--     own name; i_keys: JSON array of objects, each with the key columns of one row as text; i_gone: which of both: false: rows
--     that are there, others are left out; true: rows that are not there, the others are left out.
-- Returns: sent: positions in i_keys, from 1 on, of the rows that were sent; busy: how many rows are there but are being changed
--     at the moment: not sent, try them later.
-- Errors: the table is not captured into the queue; the queue refuses events; the transaction is not READ COMMITTED.
-- May be called by: pgq_admin who owns the table.
create or replace function trunkline.resend_rows(
    i_table regclass,
    i_queue text,
    i_name text,
    i_keys json,
    i_gone bool,
    out sent int8[],
    out busy int8)
returns record
language plpgsql
set datestyle = 'ISO, MDY'
set timezone = 'UTC'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
set lc_monetary = 'C'
set quote_all_identifiers = off
as $$
declare
    _definition jsonb;
    _name text;
    _keys text;
    _match text;
    _filter text;
    _payload text;
    _data text;
    _number int8;
    _delete text;
    _insert text;
    _passes bool;
begin
    if pg_catalog.current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'rows cannot be sent again in a % transaction', pg_catalog.current_setting('transaction_isolation')
            using errcode = 'invalid_transaction_state',
                  detail = 'Its snapshot would be older than the locks that keep the events of a row in order.';
    end if;
    _definition := trunkline._resend_definition(i_table, i_queue, i_name);
    _name := (_definition ->> 'schema') || '.' || (_definition ->> 'name');
    select pg_catalog.format('rows from (pg_catalog.json_to_recordset($1) as (%s)) with ordinality as k (%s, trunkline_number)',
               pg_catalog.string_agg(pg_catalog.format('%I %s', k ->> 'name', pg_catalog.format_type(a.atttypid, null)), ', '),
               pg_catalog.string_agg(pg_catalog.quote_ident(k ->> 'name'), ', ')),
           pg_catalog.string_agg(pg_catalog.format('a.%I %s k.%1$I', k ->> 'name', k ->> 'equals'), ' and ')
    into _keys, _match
    from pg_catalog.jsonb_array_elements(_definition -> 'key') k
    join pg_catalog.pg_attribute a on a.attrelid = i_table and a.attname = k ->> 'name';
    _filter := case when _definition ->> 'when' is null then ' cross join lateral (select true as passes) as f'
        else ' cross join lateral ' || trunkline._capture_filter(_definition -> 'live', _definition ->> 'when', 'a') || ' as f' end;
    execute 'select ' || trunkline._capture_type(_definition, 'DELETE') || ', ' || trunkline._capture_type(_definition, 'INSERT')
    into _delete, _insert;

    sent := '{}';
    busy := 0;
    if i_gone then
        -- only now nobody can bring such a row and have his event before ours
        execute pg_catalog.format('lock table %s in share mode', i_table);
        select pg_catalog.string_agg(case when _definition -> 'key' @> pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
                       'name', c -> 'name'))
                   then pg_catalog.format(c ->> 'form', pg_catalog.format('k.%I', c ->> 'name')) else 'null' end
                   || pg_catalog.format(' as %I', c ->> 'name'), ', ' order by p)
        into _payload
        from pg_catalog.jsonb_array_elements(_definition -> 'columns') with ordinality as x (c, p);
        for _data, _number in execute pg_catalog.format(
            'select pg_catalog.row_to_json(d.*)::pg_catalog.text, k.trunkline_number from %s'
            ' cross join lateral (select %s) as d where not exists (select 1 from %s as a%s where %s and f.passes)',
            _keys, _payload, _definition ->> 'from', _filter, _match) using i_keys
        loop
            perform pgq.insert_event(i_queue, _delete, _data, _name, null, null, null);
            sent := sent || _number;
        end loop;
        return;
    end if;

    for _data, _passes, _number in execute pg_catalog.format(
        'select pg_catalog.row_to_json(d.*)::pg_catalog.text, f.passes, k.trunkline_number from %s'
        ' join %s as a on %s cross join lateral (select %s) as d%s for no key update of a skip locked',
        _keys, _definition ->> 'from', _match,
        trunkline._capture_payload(_definition -> 'columns', 'a'), _filter) using i_keys
    loop
        perform pgq.insert_event(i_queue, _delete, _data, _name, null, null, null);
        if _passes then
            perform pgq.insert_event(i_queue, _insert, _data, _name, null, null, null);
        end if;
        sent := sent || _number;
    end loop;
    execute pg_catalog.format('select count(*) from %s join %s as a on %s where k.trunkline_number <> all ($2)',
        _keys, _definition ->> 'from', _match) into busy using i_keys, sent;
end
$$;
