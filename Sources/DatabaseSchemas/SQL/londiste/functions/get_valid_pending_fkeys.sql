-- Dropped foreign keys that can be made again, as both tables are in sync for every set that replicates them here, and that are this
-- queue's to make: of several queues that fill a table, the branch of the combined queue makes them, or else the source
-- that comes first by name.
--
-- May be called by: londiste_writer.
create or replace function londiste.get_valid_pending_fkeys(i_queue_name text)
returns setof londiste.pending_fkeys
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from londiste.pending_fkeys p
    where not exists (
            select 1 from londiste.table_info t
            where t.local and coalesce(t.dest_table, t.table_name) in (p.from_table, p.to_table)
              and (t.merge_state is distinct from 'ok' or t.custom_snapshot is not null))
      and exists (
            select 1 from londiste.table_info t where t.local and coalesce(t.dest_table, t.table_name) = p.to_table)
      and i_queue_name = (
            select t.queue_name
            from londiste.table_info t
            join pgq_node.node_info n on n.queue_name = t.queue_name
            where t.local and coalesce(t.dest_table, t.table_name) = p.from_table
              -- events of a combined root are made here: it copies nothing
              and not (n.node_type = 'root' and exists (
                  select 1 from pgq_node.node_info m
                  join londiste.table_info o on o.queue_name = m.queue_name and o.local
                      and coalesce(o.dest_table, o.table_name) = p.from_table
                  where m.combined_queue = n.queue_name))
            order by n.node_type <> 'branch', t.queue_name
            limit 1)
    order by p.from_table, p.fkey_name
$$;
