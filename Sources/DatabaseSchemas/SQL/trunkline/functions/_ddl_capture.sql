-- Event trigger at the end of a command: tells the nodes of a set what was done to its tables, as an event between the changes before and
-- after it. Scripts of trunkline execute and sessions that replicate are left out.
--
-- Only one command that stands for itself can be run elsewhere. One of several in a text, or inside of a function, is held on
-- every node, whatever the policy; so are renamings and removals of tables.
--
-- Events: EXECUTE (apply) or trunkline.ddl (hold): ev_data text, with the search_path of who gave it; ev_extra1 a name for ever;
--     ev_extra2 the tables, as attributes of scripts; ev_extra3 the classes, separated by commas; ev_extra4 who gave it, urlencoded.
create or replace function trunkline._ddl_capture()
returns event_trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _context text;
    _bare text := trunkline._ddl_bare(current_query());
    _statement text := extract(epoch from statement_timestamp()) || ' ' || md5(current_query());
    _classes text[] := trunkline._ddl_classes(tg_tag, _bare);
    _node record;
    _oids oid[] := '{}';
    _gone text[] := '{}';
    _tables text[];
    _is_held bool;
    _policies text[];
begin
    if current_setting('session_replication_role') <> 'origin'
        or current_setting('trunkline.ddl_capture', true) = 'off'
        or not exists (select 1 from trunkline.ddl_policy)
        or current_setting('trunkline.ddl_told', true) = _statement
    then
        return;
    end if;
    get diagnostics _context = pg_context;
    _is_held := _bare is null or position(';' in _bare) > 0 or position(E'\n' in _context) > 0
        or tg_tag not in ('ALTER TABLE', 'CREATE INDEX', 'DROP INDEX', 'ALTER INDEX', 'CREATE TABLE')
        or (tg_tag = 'ALTER TABLE' and _bare ~ '\mrename\s+to\M|\mset\s+schema\M');

    if tg_event = 'sql_drop' then
        select array_agg(format('%s.%s', d.address_names[1], d.address_names[2])) into _gone
        from pg_event_trigger_dropped_objects() d
        where d.object_type in ('table', 'table column', 'table constraint') and not d.is_temporary;
    else
        select array_agg(distinct case c.object_type when 'index' then i.indrelid else c.objid end) into _oids
        from pg_event_trigger_ddl_commands() c
        left join pg_index i on i.indexrelid = c.objid
        where c.classid = 'pg_class'::regclass and not c.in_extension;
    end if;

    for _node in
        select n.queue_name, n.node_name from pgq_node.node_info n
        where n.node_type = 'root' and exists (select 1 from trunkline.ddl_policy p where p.queue_name = n.queue_name)
    loop
        if tg_event = 'sql_drop' then
            select array_agg(distinct x.name) into _tables
            from (
                select t.table_name from londiste.table_info t
                where t.queue_name = _node.queue_name and t.local and coalesce(t.dest_table, t.table_name) = any (_gone)
                union
                select split_part(l.line, ' ', 3)
                from pg_event_trigger_dropped_objects() d
                join string_to_table(nullif(current_setting('trunkline.ddl_indexes', true), ''), E'\n') l (line)
                  on d.object_type = 'index' and split_part(l.line, ' ', 1) = d.objid::text
                 and split_part(l.line, ' ', 2) = _node.queue_name
            ) x (name);
        else
            select array_agg(t.name) into _tables from trunkline._ddl_tables(_node.queue_name, _oids) t (name);
        end if;
        continue when _tables is null;

        select array_agg(p.policy) into _policies from trunkline.ddl_policy p
        where p.queue_name = _node.queue_name and p.change_class = any (_classes);
        if _is_held or array_position(_tables, null) is not null then
            _policies := array['hold'];
        end if;
        continue when _policies is null or _policies <@ array['ignore'];
        perform pgq.insert_event(
            _node.queue_name,
            case when 'hold' = any (_policies) then 'trunkline.ddl' else 'EXECUTE' end,
            format(E'select pg_catalog.set_config(''search_path'', %L, true);\n%s',
                   coalesce(nullif(current_setting('trunkline.ddl_search_path', true), ''), 'public'),
                   -- a script is one transaction
                   regexp_replace(current_query(), '(\mindex\s+)concurrently\s+', '\1', 'i')),
            format('ddl/%s/%s/%s', _node.node_name, txid_current(), extract(epoch from clock_timestamp())),
            'local-table=' || pgq._urlencode(array_to_string(array_remove(_tables, null), ',')),
            array_to_string(_classes, ','),
            'role=' || pgq._urlencode(coalesce(nullif(current_setting('role'), 'none'), session_user)));
        perform set_config('trunkline.ddl_told', _statement, true);
    end loop;
end
$$;
