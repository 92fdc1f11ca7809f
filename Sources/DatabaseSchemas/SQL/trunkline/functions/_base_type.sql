-- The type under all domains.
--
-- Parameters: i_type: a type.
-- Returns: i_type itself if it is no domain.
-- May be called by: internal.
create or replace function trunkline._base_type(i_type oid)
returns oid
language sql
stable
as $$
    with recursive chain as (
        select t.oid, t.typtype, t.typbasetype from pg_catalog.pg_type t where t.oid = i_type
        union all
        select t.oid, t.typtype, t.typbasetype
        from chain c
        join pg_catalog.pg_type t on t.oid = c.typbasetype
        where c.typtype = 'd'
    )
    select c.oid from chain c where c.typtype <> 'd'
$$;
