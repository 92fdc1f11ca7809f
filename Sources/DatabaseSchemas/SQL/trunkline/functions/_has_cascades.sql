-- Whether foreign keys of a table can change its rows: ON DELETE or ON UPDATE CASCADE, SET NULL or SET DEFAULT.
--
-- Such changes join the statement that caused them, and then the order in which the table's statement triggers fire says
-- nothing about the order of the changes.
--
-- Parameters: i_table: oid of the referencing table.
-- May be called by: anybody.
create or replace function trunkline._has_cascades(i_table oid)
returns bool
language sql
stable
as $$
    select exists (
        select 1 from pg_catalog.pg_constraint f
        where f.contype = 'f' and f.conrelid = i_table
          and (f.confdeltype in ('c', 'n', 'd') or f.confupdtype in ('c', 'n', 'd')))
$$;
