-- Oid of a relation by its unquoted qualified name.
--
-- Parameters: i_kind: kind as in pg_class.relkind; r stands for partitioned tables, too.
-- Returns: null if there is none.
-- May be called by: everybody.
create or replace function londiste.find_rel_oid(i_fqname text, i_kind text)
returns oid
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select c.oid
    from londiste.split_fqname(i_fqname) f
    join pg_namespace n on n.nspname = f.schema_part
    join pg_class c on c.relnamespace = n.oid and c.relname = f.name_part
    where c.relkind = i_kind::"char" or (i_kind = 'r' and c.relkind = 'p')
$$;
