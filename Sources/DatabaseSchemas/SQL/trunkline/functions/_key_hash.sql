-- The hash function for a key column, where equal hashes of two sets of keys mean equal text forms.
--
-- Only for types of which equal values also look alike; numeric 1.0 and 1.00, for example, do not.
--
-- Parameters: i_type: type of the column; i_collation: its collation, 0 if none.
-- Returns: name of a function (value, seed int8) -> int8; null if there is none that is safe.
-- May be called by: internal.
create or replace function trunkline._key_hash(i_type oid, i_collation oid)
returns text
language sql
stable
as $$
    select case
        when i_collation <> 0
             and not (select c.collisdeterministic from pg_catalog.pg_collation c where c.oid = i_collation) then null
        when t.typtype = 'e' then 'pg_catalog.hashenumextended'
        else (select 'pg_catalog.' || s.hash
              from (values
                  ('int2', 'hashint2extended'), ('int4', 'hashint4extended'), ('int8', 'hashint8extended'),
                  ('oid', 'hashoidextended'), ('uuid', 'uuid_hash_extended'), ('text', 'hashtextextended'),
                  ('varchar', 'hashtextextended'), ('name', 'hashnameextended'),
                  ('timestamp', 'timestamp_hash_extended')
              ) as s (name, hash)
              where s.name = t.typname and t.oid < 16384)
    end
    from pg_catalog.pg_type t
    where t.oid = trunkline._base_type(i_type)
$$;
