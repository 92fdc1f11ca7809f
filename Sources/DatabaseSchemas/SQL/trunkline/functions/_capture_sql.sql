-- The statements that make a capture, whatever triggers of the same capture are there already.
--
-- Parameters: i_definition: see _capture_definition().
-- Returns: one statement a row, in order.
-- May be called by: internal.
create or replace function trunkline._capture_sql(i_definition jsonb)
returns setof text
language plpgsql
stable
as $$
declare
    _table text := i_definition ->> 'table';
    _trigger record;
begin
    return next pg_catalog.format(
        E'create or replace function trunkline.%I() returns trigger language plpgsql security definer\n'
        'set search_path = pg_catalog, pg_temp%s\nas %s',
        i_definition ->> 'function',
        (select pg_catalog.string_agg(E'\n' || s, '' order by p)
         from pg_catalog.jsonb_array_elements_text(i_definition -> 'settings') with ordinality as x (s, p)),
        trunkline._dollar_quoted(trunkline._capture_body(i_definition)));

    for _trigger in
        select t.tgname::text as name
        from pg_catalog.pg_trigger t
        join pg_catalog.pg_proc p on p.oid = t.tgfoid
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace and n.nspname = 'trunkline'
        where t.tgrelid = (i_definition ->> 'oid')::oid and not t.tgisinternal
          and p.proname = i_definition ->> 'function'
          and t.tgname not in (select w.name::name from trunkline._capture_triggers(i_definition) w)
        order by t.tgname
    loop
        return next pg_catalog.format('drop trigger %I on %s', _trigger.name, _table);
    end loop;

    for _trigger in select * from trunkline._capture_triggers(i_definition) loop
        return next pg_catalog.format('create or replace trigger %I %s execute function trunkline.%I()',
            _trigger.name, _trigger.clause, i_definition ->> 'function');
        return next pg_catalog.format('alter table %s %s trigger %I', _table,
            case _trigger.enabled when 'O' then 'enable' when 'A' then 'enable always' when 'R' then 'enable replica'
                else 'disable' end,
            _trigger.name);
    end loop;
end
$$;
