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
    _function text := i_definition ->> 'function';
    _trigger record;
begin
    return next pg_catalog.format(
        E'create or replace function trunkline.%I() returns trigger language plpgsql security definer\n'
        'set search_path = pg_catalog, pg_temp%s\nas %s',
        _function,
        (select pg_catalog.string_agg(E'\n' || s, '' order by p)
         from pg_catalog.jsonb_array_elements_text(i_definition -> 'settings') with ordinality as x (s, p)),
        trunkline._dollar_quoted(trunkline._capture_body(i_definition)));

    for _trigger in
        select t.relation::regclass as relation, t.name
        from trunkline._capture_placed_triggers(_function) t
        where not exists (select 1 from trunkline._capture_triggers(i_definition) w
                          where w.relation = t.relation and w.name::name = t.name)
        order by t.name
    loop
        return next pg_catalog.format('drop trigger %I on %s', _trigger.name, _trigger.relation);
    end loop;

    for _trigger in select w.relation::regclass as relation, w.name, w.clause, w.enabled
        from trunkline._capture_triggers(i_definition) w
    loop
        return next pg_catalog.format('create or replace trigger %I %s execute function trunkline.%I()',
            _trigger.name, _trigger.clause, _function);
        return next pg_catalog.format('alter table %s %s trigger %I', _trigger.relation,
            case _trigger.enabled when 'O' then 'enable' when 'A' then 'enable always' when 'R' then 'enable replica'
                else 'disable' end,
            _trigger.name);
    end loop;
end
$$;
