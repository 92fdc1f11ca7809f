-- Whether two values of a column are equal by the equality operator of its type, which may be so for different texts: numeric
-- 1.0 and 1.00, float 0 and -0. Arrays, and types without such an operator, are compared as text.
--
-- Parameters: i_type: type of the column; i_old, i_new: texts of the values.
-- May be called by: everybody.
create or replace function pgq._same_value(i_type oid, i_old text, i_new text)
returns boolean
language plpgsql
stable
as $$
declare
    _type oid;
    _operator text;
    _same bool;
begin
    if i_old is not distinct from i_new then
        return true;
    end if;
    -- types whose equal values have equal texts
    if i_old is null or i_new is null
        or i_type in ('int4'::regtype, 'int8'::regtype, 'int2'::regtype, 'bool'::regtype, 'bytea'::regtype,
                      'text'::regtype, 'varchar'::regtype, 'date'::regtype, 'timestamp'::regtype,
                      'timestamptz'::regtype, 'time'::regtype, 'uuid'::regtype, 'json'::regtype, 'oid'::regtype)
    then
        return false;
    end if;

    -- under all the domains
    with recursive base (oid, typtype, typbasetype) as (
        select t.oid, t.typtype, t.typbasetype from pg_catalog.pg_type t where t.oid = i_type
        union all
        select t.oid, t.typtype, t.typbasetype
        from base b join pg_catalog.pg_type t on t.oid = b.typbasetype
        where b.typtype = 'd'
    )
    select b.oid, case when b.typtype in ('r', 'm', 'c') then 'pg_catalog.=' end into _type, _operator
    from base b where b.typtype <> 'd';

    if _operator is null then
        select format('%I.%s', n.nspname, o.oprname) into _operator
        from pg_catalog.pg_opclass c
        join pg_catalog.pg_am a on a.oid = c.opcmethod
        join pg_catalog.pg_amop m on m.amopfamily = c.opcfamily
            and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype
            and m.amopstrategy = case a.amname when 'btree' then 3 else 1 end
        join pg_catalog.pg_operator o on o.oid = m.amopopr
        join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
        where c.opcdefault and c.opcintype = _type and a.amname in ('btree', 'hash')
        order by a.amname
        limit 1;
        if not found then
            return false;
        end if;
    end if;
    execute format('select %L::%s operator(%s) %L::%2$s', i_old, format_type(_type, null), _operator, i_new) into _same;
    return _same;
end
$$;
