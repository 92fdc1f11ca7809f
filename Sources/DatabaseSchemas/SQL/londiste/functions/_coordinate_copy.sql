-- Who does what when several sources are copied into one table, from the states of the leaves that fill the same combined queue.
--
-- Returns: copy_role: lead: drops indexes and keys, copies, and makes them again when nobody copies any more; wait-copy: must not
--     begin before the lead has dropped them; wait-replay: may copy, but not replay before they are there again; null: nothing to
--     wait for. copy_pos: how many copies into the table come first.
-- May be called by: londiste_reader, londiste_writer.
create or replace function londiste._coordinate_copy(
    i_queue_name text, i_table_name text, out copy_role text, out copy_pos int4)
returns record
language plpgsql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _own record;
    _group record;
begin
    copy_pos := 0;
    select t.merge_state, coalesce(t.dest_table, t.table_name) as target, n.combined_queue into _own
    from londiste.table_info t
    join pgq_node.node_info n on n.queue_name = t.queue_name
    where t.queue_name = i_queue_name and t.table_name = i_table_name and t.local;
    if _own.combined_queue is null or _own.merge_state is null or _own.merge_state not in ('in-copy', 'catching-up') then
        return;
    end if;

    select min(t.queue_name) filter (where t.dropped_ddl is not null) as keeper,
           min(t.queue_name) filter (where t.merge_state = 'in-copy') as first,
           count(*) filter (where t.merge_state = 'in-copy') as copying,
           count(*) filter (where t.merge_state = 'in-copy' and t.queue_name < i_queue_name) as before,
           bool_or(t.merge_state not in ('in-copy')) as later,
           count(*) as total
    into _group
    from londiste.table_info t
    join pgq_node.node_info n on n.queue_name = t.queue_name
    where t.local and coalesce(t.dest_table, t.table_name) = _own.target and n.combined_queue = _own.combined_queue
      and t.merge_state is not null;

    if _own.merge_state = 'in-copy' then
        copy_pos := _group.before;
        copy_role := case
            when _group.keeper = i_queue_name then 'lead'
            when _group.keeper is not null then 'wait-replay'
            when _group.later or _group.total = 1 then null -- the others are done, and their indexes in place
            when _group.first = i_queue_name then 'lead'
            else 'wait-copy' end;
    else
        copy_role := case
            when _group.keeper = i_queue_name and _group.copying = 0 then null
            when _group.keeper is not null then 'wait-replay' end;
    end if;
end
$$;
