-- FROM item with the changed rows.
--
-- Parameters:
--     i_definition: see _capture_definition(); i_side: old or new;
--     i_level: statement (a transition table), row (plpgsql's record NEW or OLD), or parameter ($1 is OLD, $2 is NEW).
-- Returns: FROM item without alias.
-- May be called by: internal.
create or replace function trunkline._capture_source(i_definition jsonb, i_side text, i_level text)
returns text
language sql
immutable
as $$
    select case i_level
        when 'statement' then 'trunkline_' || i_side
        else (
            select pg_catalog.format('(select %s)', pg_catalog.string_agg(
                -- always quoted: plpgsql does not recognise a field that has the name of one of its keywords
                pg_catalog.format('%s."%s" as %I',
                    case when i_level = 'row' then i_side when i_side = 'old' then '($1)' else '($2)' end,
                    pg_catalog.replace(c ->> 'name', '"', '""'), c ->> 'name'), ', ' order by p))
            from pg_catalog.jsonb_array_elements(i_definition -> 'live') with ordinality as x (c, p)
            where i_definition ->> 'when' is not null
               or i_definition -> 'columns' @> pg_catalog.jsonb_build_array(c)
               or i_definition -> 'key' @> pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('name', c -> 'name')))
        end
$$;
