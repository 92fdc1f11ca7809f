-- Whether a unique index over not-null columns guarantees that a key identifies one row.
--
-- Parameters: i_table: the table; i_key: key columns ({name}).
-- May be called by: internal.
create or replace function trunkline._is_unique_key(i_table oid, i_key jsonb)
returns bool
language sql
stable
as $$
    select exists (
        select 1
        from pg_catalog.pg_index i
        where i.indrelid = i_table and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
          and not exists (
              select 1
              from pg_catalog.unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
              join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
              where k.position <= i.indnkeyatts
                and (not a.attnotnull
                     or not i_key @> pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('name', a.attname)))))
$$;
