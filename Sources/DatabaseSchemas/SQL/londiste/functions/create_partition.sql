-- Makes a partition for a period of time: of a partitioned table, or a child of an ordinary one, with its columns, indexes, owner,
-- privileges, triggers and rules, and a check on the period.
--
-- Parameters: i_table, i_part: the table and the partition; i_pkeys: not used, kept for the interface; i_part_field: the column with
--     the time, or null for no check; i_part_time: any moment of the period; i_part_period: hour, day, week, month, year.
-- Returns: 1; 0 it was there.
-- May be called by: londiste_writer.
create or replace function londiste.create_partition(
    i_table text, i_part text, i_pkeys text, i_part_field text, i_part_time timestamptz, i_part_period text)
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _parent oid;
    _part text;
    _type text;
    _from text;
    _to text;
    _ddl text;
begin
    lock table londiste.table_info in share update exclusive mode; -- one at a time
    if londiste.find_table_oid(i_part) is not null then
        return 0;
    end if;
    _parent := londiste.find_table_oid(i_table);
    if _parent is null then
        raise exception 'Table does not exist: %', i_table using errcode = 'undefined_table';
    end if;
    _part := londiste.quote_fqname(i_part);
    if i_part_field is not null then
        select format_type(a.atttypid, null) into _type from pg_attribute a
        where a.attrelid = _parent and a.attname = i_part_field and not a.attisdropped;
        if not found then
            raise exception 'Table % has no column %', i_table, i_part_field using errcode = 'undefined_column';
        end if;
        _from := quote_literal(date_trunc(i_part_period, i_part_time)) || '::' || _type;
        _to := quote_literal(date_trunc(i_part_period, i_part_time) + ('1 ' || i_part_period)::interval) || '::' || _type;
    end if;

    if (select c.relkind from pg_class c where c.oid = _parent) = 'p' then
        if _from is null then
            raise exception 'Partitioned table % needs a column with the time', i_table
                using errcode = 'invalid_parameter_value', hint = 'Name the column of its partition key.';
        end if;
        execute format('create table %s partition of %s for values from (%s) to (%s)', _part, _parent::regclass, _from, _to);
    else
        perform set_config('client_min_messages', 'warning', true); -- that columns are merged is what is wanted
        execute format('create table %s (like %s including all%s) inherits (%2$s)', _part, _parent::regclass,
                       case when _from is not null
                            then format(', check (%1$I >= %2$s and %1$I < %3$s)', i_part_field, _from, _to) else '' end);
        for _ddl in
            select overlay(pg_get_triggerdef(t.oid) placing ' ON ' || _part || ' '
                           from position(' ON ' || _parent::regclass || ' ' in pg_get_triggerdef(t.oid))
                           for length(' ON ' || _parent::regclass || ' '))
                   || case t.tgenabled
                       when 'D' then format('; alter table %s disable trigger %I', _part, t.tgname)
                       when 'R' then format('; alter table %s enable replica trigger %I', _part, t.tgname)
                       when 'A' then format('; alter table %s enable always trigger %I', _part, t.tgname)
                       else '' end
            from pg_trigger t where t.tgrelid = _parent and not t.tgisinternal
              -- a capture is of one table
              and not exists (select 1 from trunkline.capture c where c.table_oid = _parent
                              and c.function_name = (select p.proname from pg_proc p where p.oid = t.tgfoid))
            union all
            select overlay(pg_get_ruledef(r.oid) placing ' TO ' || _part || ' '
                           from position(' TO ' || _parent::regclass || ' ' in pg_get_ruledef(r.oid))
                           for length(' TO ' || _parent::regclass || ' '))
            from pg_rewrite r where r.ev_class = _parent and r.rulename <> '_RETURN'
        loop
            execute _ddl;
        end loop;
    end if;

    execute format('alter table %s owner to %I', _part, (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = _parent));
    for _ddl in
        select format('grant %s on %s to %s%s', a.privilege_type, _part,
                      case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                      case when a.is_grantable then ' with grant option' else '' end)
        from pg_class c, aclexplode(c.relacl) a
        where c.oid = _parent
    loop
        execute _ddl;
    end loop;
    return 1;
end
$$;
