-- The equality that a key column is looked up with, schema-qualified.
--
-- That of the index, so that the index can be used; without index, that of the type's default btree operator class.
--
-- Parameters: i_type: type of the column; i_opclass: operator class of the index column, null if there is no index.
-- Returns: "operator(schema.=)".
-- May be called by: internal.
create or replace function trunkline._equality_operator(i_type oid, i_opclass oid)
returns text
language sql
stable
as $$
    select coalesce(
        (select pg_catalog.format('operator(%I.%s)', n.nspname, o.oprname)
         from pg_catalog.pg_opclass c
         join pg_catalog.pg_am m on m.oid = c.opcmethod and m.amname = 'btree'
         join pg_catalog.pg_amop a on a.amopfamily = c.opcfamily and a.amopstrategy = 3
              and a.amoplefttype = c.opcintype and a.amoprighttype = c.opcintype
         join pg_catalog.pg_operator o on o.oid = a.amopopr
         join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
         where c.oid = i_opclass
            or (i_opclass is null and c.opcdefault and c.opcintype = trunkline._base_type(i_type))
         limit 1),
        'operator(pg_catalog.=)')
$$;
