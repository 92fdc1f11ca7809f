-- Tables of a set, by their names in it, that a command has changed, for the event triggers. A table that was renamed is found by the
-- capture or the trigger on it; its name is null then if that does not tell it.
--
-- Parameters: i_tables: the tables, by oid; partitions stand for the tables they belong to.
-- May be called by: internal.
create or replace function trunkline._ddl_tables(i_queue_name text, i_tables oid[])
returns setof text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with wanted as (
        select o.oid from unnest(i_tables) o (oid)
        union
        select a.relid from unnest(i_tables) o (oid) cross join lateral pg_partition_ancestors(o.oid) a
    ), known as (
        select londiste.find_table_oid(coalesce(t.dest_table, t.table_name)) as oid, t.table_name
        from londiste.table_info t where t.queue_name = i_queue_name and t.local
    )
    select k.table_name from known k where k.oid in (select w.oid from wanted w)
    union
    select null from wanted w
    where not exists (select 1 from known k where k.oid = w.oid)
      and (exists (select 1 from trunkline.capture c where c.table_oid = w.oid and c.queue_name = i_queue_name)
           or exists (select 1 from pg_trigger g where g.tgrelid = w.oid
                      and g.tgname in ('_londiste_' || i_queue_name, 'zzz__londiste_' || i_queue_name)))
$$;
