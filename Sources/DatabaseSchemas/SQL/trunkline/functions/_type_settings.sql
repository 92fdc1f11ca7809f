-- The session settings that change the text form of a type, as function SET clauses that pin it.
--
-- Looks through domains, arrays, composites, ranges and multiranges. A base type of an unknown extension may depend on
-- anything, so it asks for every setting.
--
-- Parameters: i_type: a type.
-- Returns: clauses such as "set datestyle = 'ISO, MDY'"; none for most types.
-- May be called by: internal.
create or replace function trunkline._type_settings(i_type oid)
returns setof text
language sql
stable
as $$
    with recursive parts as (
        select i_type as type
        union
        select inner_type.type
        from parts p
        join pg_catalog.pg_type t on t.oid = p.type
        cross join lateral (
            select t.typbasetype where t.typtype = 'd'
            union all
            select t.typelem where t.typelem <> 0 and t.typlen = -1
            union all
            select a.atttypid from pg_catalog.pg_attribute a
            where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
            union all
            select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid
            union all
            select r.rngtypid from pg_catalog.pg_range r where r.rngmultitypid = t.oid
        ) as inner_type (type)
    ),
    base as (
        select t.oid, t.typname::text as name, t.oid >= 16384 as foreign_type,
               coalesce((select e.extname::text from pg_catalog.pg_depend d
                         join pg_catalog.pg_extension e on e.oid = d.refobjid
                         where d.classid = 'pg_catalog.pg_type'::regclass and d.objid = t.oid
                           and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'), '') as extension
        from parts p
        join pg_catalog.pg_type t on t.oid = p.type
        where t.typtype = 'b' and not (t.typelem <> 0 and t.typlen = -1)
    ),
    needs as (
        select b.name,
               b.foreign_type and b.extension not in ('citext', 'hstore', 'ltree', 'vector', 'pg_trgm') as everything
        from base b
    )
    select distinct s.clause
    from (values
        ('set datestyle = ''ISO, MDY''', array['date', 'timestamp', 'timestamptz']),
        ('set timezone = ''UTC''', array['timestamptz']),
        ('set intervalstyle = ''postgres''', array['interval']),
        ('set extra_float_digits = 1', array['float4', 'float8', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']),
        ('set bytea_output = ''hex''', array['bytea']),
        ('set lc_monetary = ''C''', array['money']),
        ('set quote_all_identifiers = off', array['regclass', 'regproc', 'regprocedure', 'regoper', 'regoperator',
            'regtype', 'regconfig', 'regdictionary', 'regrole', 'regnamespace', 'regcollation'])
    ) as s (clause, types)
    join needs n on n.everything or n.name = any (s.types)
    order by s.clause
$$;
