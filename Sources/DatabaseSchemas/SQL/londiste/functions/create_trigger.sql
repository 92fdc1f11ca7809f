-- Makes the triggers that log a table's changes and its TRUNCATE.
--
-- Parameters: i_queue_name, i_table_name: the set and the table's name in it; i_trg_args: arguments of the trigger, and among them
--     tgflags=FLAGS: I U D events, B before, A after, Q sqltriga, L logutriga, J jsontriga, S skip (default AIUDL), G: a
--         generated capture, see trunkline.capture_add(); where it cannot do what the other arguments ask for, jsontriga;
--     columns=LIST: only these columns, besides the key;
--     skip: as the flags B and S; no_triggers: none; expect_sync, skip_truncate, merge_all, no_merge, virtual_table: for
--     local_add_table(); i_dest_table: the table's name here; i_node_type: on a leaf, changes are denied.
-- Returns: 200; 201 not asked for; 301 made, but another trigger fires before it; 403 it would come after one that
--     suppresses the change; 405 a second one that does so.
-- May be called by: londiste_writer.
create or replace function londiste.create_trigger(
    i_queue_name text,
    i_table_name text,
    i_trg_args text[],
    i_dest_table text,
    i_node_type text,
    out ret_code int4,
    out ret_note text,
    out trigger_name text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _arg text;
    _args text[] := '{}';
    _flags text := 'AIUDL';
    _is_skip bool := false;
    _when text;
    _events text;
    _function text;
    _table oid;
    _capture jsonb;
    _other text;
begin
    foreach _arg in array coalesce(i_trg_args, '{}') loop
        if _arg = 'no_triggers' or _arg = 'virtual_table' then
            select 201, 'Trigger not created' into ret_code, ret_note;
            return;
        elsif _arg like 'tgflags=%' then
            _flags := upper(substr(_arg, 9));
        elsif lower(_arg) = 'skip' then
            _is_skip := true;
        elsif _arg not in ('expect_sync', 'skip_truncate', 'merge_all', 'no_merge') then
            _args := _args || _arg;
        end if;
    end loop;
    _is_skip := _is_skip or _flags like '%S%';
    _table := londiste.find_table_oid(i_dest_table);
    if i_node_type <> 'leaf' and not _is_skip then
        _capture := londiste._capture_options(_flags, _args, i_table_name, i_dest_table);
    end if;
    _args := londiste._trigger_args(_table, _args);
    -- one that suppresses the change must come before it
    _when := case when _is_skip or (_flags like '%B%' and _flags not like '%A%') then 'before' else 'after' end;
    _events := concat_ws(' or ', case when _flags like '%I%' then 'insert' end, case when _flags like '%U%' then 'update' end,
                         case when _flags like '%D%' then 'delete' end);
    _function := case when _flags like '%J%' then 'jsontriga'
                      when _flags like '%Q%' and _flags not like '%L%' then 'sqltriga'
                      when _flags like '%G%' and _flags not like '%L%' then 'jsontriga'
                      else 'logutriga' end;
    if _is_skip then
        _args := 'SKIP'::text || _args;
    end if;
    if i_node_type = 'leaf' then
        _args := _args || 'deny'::text;
    end if;
    if i_dest_table is distinct from i_table_name then
        _args := _args || ('ev_extra1=' || quote_literal(i_table_name));
    end if;

    trigger_name := londiste._trigger_name(i_queue_name, _is_skip);
    if _capture is not null then
        if londiste._has_skip_trigger(_table, '') then
            select 403, 'AFTER trigger cannot work with SKIP trigger(s)' into ret_code, ret_note;
            return;
        end if;
        perform trunkline.capture_add(_table, i_queue_name, _capture);
        select 200, 'OK', c.definition ->> 'trigger' into ret_code, ret_note, trigger_name
        from trunkline.capture c where c.table_oid = _table and c.queue_name = i_queue_name;
        return;
    end if;
    if _events <> '' then
        if londiste._has_skip_trigger(_table, trigger_name) then
            if _is_skip then
                select 405, 'Multiple SKIP triggers' into ret_code, ret_note;
                return;
            elsif _when = 'after' then
                select 403, 'AFTER trigger cannot work with SKIP trigger(s)' into ret_code, ret_note;
                return;
            end if;
            -- those that suppress the change must come after this one
            for _other in
                select t.tgname from pg_trigger t
                where t.tgrelid = _table and not t.tgisinternal and londiste.is_replica_func(t.tgfoid) and t.tgname !~ '^zzz_'
                  and 'SKIP' = any (string_to_array(upper(encode(t.tgargs, 'escape')), '\000'))
            loop
                execute format('alter trigger %I on %s rename to %I', _other, londiste.quote_fqname(i_dest_table), 'zzz_' || _other);
            end loop;
        end if;
        execute format('create or replace trigger %I %s %s on %s for each row execute function pgq.%s(%s)',
                       trigger_name, _when, _events, londiste.quote_fqname(i_dest_table), _function,
                       (select string_agg(quote_literal(a), ', ' order by n)
                        from unnest(i_queue_name || _args) with ordinality u (a, n)));
    end if;

    execute format('create or replace trigger %I after truncate on %s for each statement execute function %s',
                   '_londiste_' || i_queue_name || '_truncate', londiste.quote_fqname(i_dest_table),
                   case when i_node_type = 'leaf' then format('pgq.sqltriga(%L, %L)', i_queue_name, 'deny')
                        when i_dest_table = i_table_name then format('pgq.sqltriga(%L)', i_queue_name)
                        else format('londiste._log_truncate(%L, %L)', i_queue_name, i_table_name) end);

    select t.tgname into _other
    from pg_trigger t
    where t.tgrelid = _table and not t.tgisinternal and not londiste.is_replica_func(t.tgfoid)
      and t.tgname < create_trigger.trigger_name and (t.tgtype & 1) = 1 and t.tgenabled in ('O', 'A')
      and (t.tgtype & 2) = case when _when = 'before' then 2 else 0 end
    order by t.tgname limit 1;
    if found and _when = 'after' then
        -- what it changes would be logged before the change that it reacts to
        select 301, format('Trigger "%s" on table %s fires before the one of the queue', _other, i_dest_table)
        into ret_code, ret_note;
    else
        select 200, 'OK' into ret_code, ret_note;
    end if;
end
$$;
