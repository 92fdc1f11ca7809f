-- What could be added: on the root, tables and sequences of the database that are not in the set; elsewhere, those of the set that
-- are not replicated here. Partitions and tables of extensions are left out.
--
-- Returns: obj_kind: r table, S sequence.
-- Errors: the queue has no node here.
-- May be called by: londiste_writer.
create or replace function londiste.local_show_missing(i_queue_name text, out obj_kind text, out obj_name text)
returns setof record
language plpgsql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    if pgq_node.is_root_node(i_queue_name) then
        return query
        select case c.relkind when 'S' then 'S' else 'r' end, n.nspname || '.' || c.relname
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'S') and c.relpersistence = 'p' and not c.relispartition
          and n.nspname !~ '^pg_'
          and n.nspname not in ('information_schema', 'pgq', 'pgq_ext', 'pgq_coop', 'pgq_node', 'londiste', 'trunkline')
          and not exists (
              select 1 from pg_depend d
              where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype in ('e', 'i'))
          and not exists (
              select 1 from londiste.table_info t
              where t.queue_name = i_queue_name and t.local and c.relkind <> 'S'
                and coalesce(t.dest_table, t.table_name) = n.nspname || '.' || c.relname)
          and not exists (
              select 1 from londiste.seq_info s
              where s.queue_name = i_queue_name and s.local and c.relkind = 'S'
                and s.seq_name = n.nspname || '.' || c.relname)
        order by 1, 2;
    else
        return query
        select 'S', s.seq_name from londiste.seq_info s where s.queue_name = i_queue_name and not s.local
        union all
        select 'r', t.table_name from londiste.table_info t where t.queue_name = i_queue_name and not t.local
        order by 1, 2;
    end if;
end
$$;
