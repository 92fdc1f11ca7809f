-- The tables of a set as this node knows them, in the order in which they were added.
--
-- Returns: columns as in table_info; copy_role and copy_pos: see _coordinate_copy().
-- May be called by: londiste_reader, londiste_writer.
create or replace function londiste.get_table_list(
    i_queue_name text,
    out table_name text,
    out local bool,
    out merge_state text,
    out custom_snapshot text,
    out table_attrs text,
    out dropped_ddl text,
    out copy_role text,
    out copy_pos int4,
    out dest_table text)
returns setof record
language plpgsql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select t.table_name, t.local, t.merge_state, t.custom_snapshot, t.table_attrs, t.dropped_ddl, c.copy_role, c.copy_pos,
           t.dest_table
    from londiste.table_info t
    cross join lateral londiste._coordinate_copy(t.queue_name, t.table_name) c
    where t.queue_name = i_queue_name
    order by t.nr, t.table_name;
end
$$;
