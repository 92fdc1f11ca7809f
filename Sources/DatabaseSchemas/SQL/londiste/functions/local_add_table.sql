-- Lets this node replicate a table. On the root it becomes part of the set, and all nodes are told; elsewhere it must be part of it,
-- and its worker will copy it.
--
-- Parameters: i_queue_name, i_table_name: the set and the table's name in it; i_trg_args: see create_trigger(); expect_sync: it
--     is in sync already, do not copy; skip_truncate: do not empty it before the copy; merge_all: on a leaf that fills a combined
--     queue, add it for every source; no_merge: for this one only; virtual_table: there is no table here; i_table_attrs:
--     urlencoded attributes; i_dest_table: name of the table here, if it is another one.
-- Returns: 200, also if it was added with the same attributes; 301 see create_trigger(); 400 no such set, no primary key; 403, 405 see
--     create_trigger(); 404 no such table, or not part of the set; 405 several sources and neither merge_all nor no_merge;
--     410 added with other attributes. Unless it is 200 or 301, nothing was changed.
-- Events: londiste.add-table: ev_data table.
-- May be called by: londiste_writer.
create or replace function londiste.local_add_table(
    i_queue_name text,
    i_table_name text,
    i_trg_args text[],
    i_table_attrs text,
    i_dest_table text,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _node pgq_node.node_info;
    _table londiste.table_info;
    _name text := londiste.make_fqname(i_table_name);
    _dest text := londiste.make_fqname(coalesce(i_dest_table, i_table_name));
    _attrs text := i_table_attrs;
    _is_virtual bool := coalesce('virtual_table' = any (i_trg_args), false);
    _combined_type text;
    _code int4;
    _note text;
    _sibling text;
begin
    select n.* into _node from pgq_node.node_info n where n.queue_name = i_queue_name;
    if not found then
        select 400, 'No such set: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if 'skip_truncate' = any (i_trg_args) and coalesce(_attrs, '') !~ '(^|&)skip_truncate=' then
        _attrs := concat_ws('&', nullif(_attrs, ''), 'skip_truncate=1');
    end if;
    _attrs := nullif(_attrs, '');

    select t.* into _table from londiste.table_info t where t.queue_name = i_queue_name and t.table_name = _name;
    if not found and _node.node_type <> 'root' then
        select 404, 'Table not available on queue: ' || _name into ret_code, ret_note;
        return;
    end if;
    if not _is_virtual then
        if londiste.find_table_oid(_dest) is null then
            select 404, 'Table does not exist: ' || _dest into ret_code, ret_note;
            return;
        end if;
        -- a copy that fills the same table from another source may have dropped the key for a while
        if londiste.find_column_types(_dest) !~ 'k' and not exists (
            select 1 from londiste.table_info t where coalesce(t.dest_table, t.table_name) = _dest and t.dropped_ddl is not null)
        then
            select 400, 'Primary key missing on table: ' || _dest into ret_code, ret_note;
            return;
        end if;
    end if;
    if _table.local then
        if _table.table_attrs is not distinct from _attrs
            and coalesce(_table.dest_table, _table.table_name) = _dest
        then
            select 200, 'Table already added: ' || _name into ret_code, ret_note;
        else
            select 410, format('Table %s already added, but with different args: %s', _name, _table.table_attrs)
            into ret_code, ret_note;
        end if;
        return;
    end if;

    if _node.node_type = 'leaf' and _node.combined_queue is not null
        and not ('{merge_all, no_merge}'::text[] && coalesce(i_trg_args, '{}'))
        and exists (
            select 1 from londiste.table_info t
            join pgq_node.node_info n on n.queue_name = t.queue_name
            where n.combined_queue = _node.combined_queue and t.table_name = _name and t.queue_name <> i_queue_name
              and not t.local)
    then
        select 405, format('Found multiple sources for table %s, use merge-all or no-merge to continue', _name)
        into ret_code, ret_note;
        return;
    end if;

    -- the triggers come first: if they cannot be made, nothing is changed
    ret_code := 201;
    if not _is_virtual then
        select t.ret_code, t.ret_note into ret_code, ret_note
        from londiste.create_trigger(i_queue_name, _name, i_trg_args, _dest, _node.node_type) t;
        if ret_code >= 400 then
            return;
        end if;
    end if;
    _code := ret_code;
    _note := ret_note;

    if _node.combined_queue is not null then
        select n.node_type into _combined_type from pgq_node.node_info n where n.queue_name = _node.combined_queue;
    end if;
    insert into londiste.table_info as t (queue_name, table_name, local, merge_state, table_attrs, dest_table)
    values (i_queue_name, _name, true,
            case when _node.node_type = 'root' or _is_virtual or 'expect_sync' = any (i_trg_args) or _combined_type = 'branch'
                 then 'ok' end,
            _attrs, nullif(_dest, _name))
    on conflict (queue_name, table_name) do update
    set local = true, merge_state = excluded.merge_state, table_attrs = excluded.table_attrs, dest_table = excluded.dest_table;
    if _node.node_type = 'root' then
        perform londiste.root_notify_change(i_queue_name, 'londiste.add-table', _name);
    end if;

    if _node.combined_queue is not null and not coalesce('no_merge' = any (i_trg_args), false) then
        if not exists (
            select 1 from londiste.table_info t where t.queue_name = _node.combined_queue and t.table_name = _name and t.local)
        then
            select a.ret_code, a.ret_note into ret_code, ret_note
            from londiste.local_add_table(
                _node.combined_queue, _name, i_trg_args, i_table_attrs, i_dest_table) a;
            if ret_code >= 400 then
                raise exception 'cannot add table % to combined queue %: %', _name, _node.combined_queue, ret_note
                    using errcode = 'object_not_in_prerequisite_state',
                          hint = 'Add it there first, with the options that this takes.';
            end if;
        end if;
        if 'merge_all' = any (i_trg_args) then
            for _sibling in
                select t.queue_name from londiste.table_info t
                join pgq_node.node_info n on n.queue_name = t.queue_name
                where n.combined_queue = _node.combined_queue and t.table_name = _name and not t.local
                order by 1
            loop
                -- one trigger denies changes here already
                perform londiste.local_add_table(
                    _sibling, _name, i_trg_args || '{no_triggers}'::text[], i_table_attrs, i_dest_table);
            end loop;
        end if;
    end if;

    _note := case when _code = 301 then _note end;
    select case when _code = 301 then 301 else 200 end,
           case when _code = 201 then 'Table added with no triggers: ' else 'Table added: ' end || _name
               || case when _dest <> _name then '(' || _dest || ')' else '' end || coalesce('. ' || _note, '')
    into ret_code, ret_note;
end
$$;

-- The same with defaults for what is left out.
create or replace function londiste.local_add_table(
    i_queue_name text, i_table_name text, i_trg_args text[], i_table_attrs text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select a.ret_code, a.ret_note into ret_code, ret_note
    from londiste.local_add_table(i_queue_name, i_table_name, i_trg_args, i_table_attrs, null) a;
end
$$;

-- The same with defaults for what is left out.
create or replace function londiste.local_add_table(
    i_queue_name text, i_table_name text, i_trg_args text[], out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select a.ret_code, a.ret_note into ret_code, ret_note
    from londiste.local_add_table(i_queue_name, i_table_name, i_trg_args, null, null) a;
end
$$;

-- The same with defaults for what is left out.
create or replace function londiste.local_add_table(
    i_queue_name text, i_table_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select a.ret_code, a.ret_note into ret_code, ret_note
    from londiste.local_add_table(i_queue_name, i_table_name, null, null, null) a;
end
$$;
