-- The part of a capture function for one kind of change at one level.
--
-- First one query tells whether any row changed and whether the table is still what the function was generated from. So every
-- static statement over columns of the table stands behind a check of its signature (table_signature.sql says why that is
-- free): a column that was added, renamed, dropped or changed neither breaks a write nor is lost, because the function then
-- writes current rows with SQL made from the catalog of that moment.
--
-- Parameters: i_definition: see _capture_definition(); i_level: statement or row; i_op: INSERT, UPDATE or DELETE.
-- May be called by: internal.
create or replace function trunkline._capture_branch(i_definition jsonb, i_level text, i_op text)
returns text
language plpgsql
immutable
as $$
declare
    _using text := case i_level when 'row' then ' using old, new' else '' end;
begin
    return pg_catalog.format($body$
if tg_op = %1$L and tg_level = %2$L then%3$s
    trunkline_fresh := (select trunkline.table_signature(%4$s) = %5$L from %7$s limit 1);
    if trunkline_fresh then
        if %9$s then
            %10$s;
        else
            %11$s;
            get diagnostics trunkline_rows = row_count;
            if trunkline_rows > 0 then
                if pg_catalog.pg_sequence_last_value('pgq.ticker_sleep_seq') = 2 then
                    perform pg_catalog.pg_notify('trunkline_ticker', %6$L);
                end if;
            else -- the queue is not plain, or nothing was to be captured, or keys changed
                %12$s
            end if;
        end if;
    elsif not trunkline_fresh then
        %8$s
    end if;
    return null;
end if;
$body$,
        i_op, pg_catalog.upper(i_level),
        -- the name in the query below must still mean the same table
        case i_level when 'row' then pg_catalog.format(
            E'\nif pg_catalog.to_regclass(%L) is distinct from %s::pg_catalog.regclass then\n%s\nreturn null;\nend if;',
            i_definition ->> 'table', i_definition ->> 'oid', trunkline._capture_dynamic_call(i_definition, _using)) end,
        i_definition ->> 'oid', i_definition ->> 'signature',
        i_definition ->> 'queue',
        case
            when i_level = 'row'
                then pg_catalog.format('(select 1) as one left join %s as t on false', i_definition ->> 'from')
            when i_op = 'DELETE' then 'trunkline_old'
            else 'trunkline_new'
        end,
        trunkline._capture_dynamic_call(i_definition, _using),
        case when (i_definition ->> 'cascades')::bool and i_op = 'UPDATE' and i_level = 'statement'
            then 'true' else 'trunkline_rewritten' end,
        trunkline._capture_statement(i_definition, i_op, i_level, true, false),
        trunkline._capture_statement(i_definition, i_op, i_level, false, true),
        trunkline._capture_direct(i_definition, i_level, i_op));
end
$$;
