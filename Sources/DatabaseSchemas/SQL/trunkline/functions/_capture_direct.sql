-- The plpgsql statements that capture one kind of change directly, see _capture_statement(), whatever the queue's settings.
--
-- Parameters: i_definition: see _capture_definition(); i_level, i_op: see _capture_branch().
-- May be called by: internal.
create or replace function trunkline._capture_direct(i_definition jsonb, i_level text, i_op text)
returns text
language sql
immutable
as $$
    select trunkline._capture_statement(i_definition, i_op, i_level, false, false) || ';'
        || case when i_level = 'statement' and i_op = 'UPDATE' and trunkline._capture_is_plain(i_definition) then
            pg_catalog.format(
$body$
get diagnostics trunkline_rows = row_count;
if trunkline_rows = 0 then -- keys changed
    %s;
end if;$body$,
                trunkline._capture_insert(i_definition,
                    trunkline._capture_update(i_definition, i_level, false, 'trunkline_old', 'trunkline_new'),
                    false))
        else '' end
$$;
