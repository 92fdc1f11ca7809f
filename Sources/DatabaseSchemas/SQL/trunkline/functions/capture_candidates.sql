-- Tables that could be captured: ordinary and partitioned tables of users, except temporary ones.
--
-- A partition is not listed: its root is, and captures for it.
--
-- Parameters: i_schemas: patterns of schema names, * and ? as in a shell; null: all schemas. Trunkline's and PostgreSQL's own
--     schemas, and tables of extensions, are never listed.
-- Returns: tables in order of their names.
-- May be called by: anybody.
create or replace function trunkline.capture_candidates(i_schemas text[] default null)
returns setof regclass
language sql
stable
as $$
    select c.oid::regclass
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
      and n.nspname not in ('pgq', 'pgq_coop', 'pgq_ext', 'pgq_node', 'londiste', 'trunkline', 'information_schema')
      and n.nspname !~ '^pg_'
      and (i_schemas is null or exists (
          select 1 from pg_catalog.unnest(i_schemas) s
          where n.nspname like pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
              s, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_')))
      and not exists (
          select 1 from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by n.nspname, c.relname
$$;
