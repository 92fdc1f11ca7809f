-- Whether every capture works and fits its table.
--
-- Returns: for each capture its state and, unless that is ok, what is wrong and what to do:
--     ok            works;
--     stale         the table was altered, or Trunkline was upgraded; nothing is lost, but every write pays for SQL made anew;
--     broken        the table was altered so that the options do not fit any more; what is captured is said in detail;
--     triggers      a trigger is missing or disabled: changes are lost;
--     table gone, queue gone.
-- May be called by: pgq_reader.
create or replace function trunkline.capture_check()
returns table (table_name text, queue_name text, state text, detail text, remedy text)
language plpgsql
as $$
declare
    _known trunkline.capture;
    _definition jsonb;
    _call text;
begin
    for _known in select * from trunkline.capture c order by c.schema_name, c.table_name, c.queue_name loop
        table_name := pg_catalog.format('%I.%I', _known.schema_name, _known.table_name);
        queue_name := _known.queue_name;
        detail := null;
        remedy := null;
        if not exists (select 1 from pg_catalog.pg_class c where c.oid = _known.table_oid) then
            state := 'table gone';
            if pg_catalog.to_regclass(table_name) is null then
                detail := 'The table was dropped.';
                remedy := 'select trunkline.capture_refresh()';
            else
                detail := 'The table was dropped and made again, or the database was restored from a dump.';
                remedy := pg_catalog.format('select trunkline.capture_add(%L, %L, %L)', table_name, queue_name,
                    (_known.definition -> 'options') - 'attnums');
            end if;
        elsif not exists (select 1 from pgq.queue q where q.queue_name = _known.queue_name) then
            state := 'queue gone';
            detail := 'Writes to the table fail.';
            remedy := pg_catalog.format('select trunkline.capture_remove(%L, %L)', table_name, queue_name);
        else
            _definition := trunkline._capture_definition(_known.table_oid, queue_name, _known.definition -> 'options', true);
            state := trunkline._capture_state(_known, _definition);
            remedy := pg_catalog.format('select trunkline.capture_refresh(%L)',
                pg_catalog.format('%I.%I', _definition ->> 'schema', _definition ->> 'name'));
            if state = 'triggers' then
                detail := 'A trigger is missing or disabled: changes are lost.';
            elsif trunkline._capture_misfit(_definition) is not null then
                state := 'broken';
                detail := trunkline._capture_misfit(_definition);
                remedy := 'select trunkline.capture_add() with options that fit the table';
            elsif state = 'partitions' then
                state := 'stale';
                detail := 'A partition was added: TRUNCATE of it alone is not captured yet, everything else is.';
            elsif state in ('changed', 'stale') then
                state := 'stale';
                detail := 'The table was altered, or Trunkline was upgraded, since the capture was generated. Nothing is lost.';
            else
                remedy := null;
            end if;
        end if;
        return next;
    end loop;
end
$$;
