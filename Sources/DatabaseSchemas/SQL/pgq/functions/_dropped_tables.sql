-- Event tables of queues that were dropped while the tables could not be; see pgq.drop_queue().
--
-- Returns: qualified names of the tables that are partitions of pgq.event_template.
-- May be called by: pgq_admin.
create or replace function pgq._dropped_tables()
returns setof text
language sql
stable
as $$
    select format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where i.inhparent = 'pgq.event_template'::regclass
      and not exists (select 1 from pgq.queue q where q.queue_data_pfx = n.nspname || '.' || c.relname)
$$;
