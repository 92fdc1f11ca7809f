-- The query that makes the events of an UPDATE from pairs of old and new rows.
--
-- Both transition tables of a statement have their rows in the same order, so rows are paired by number. FULL JOIN, because
-- that is never planned as a nested loop, whatever number of rows the cached plan was first made for; sorted again, because
-- a hash join in batches loses the order.
--
-- A pair whose key changed, and every pair when i_current, is checked against the table. The old key is told (ev_extra3)
-- only if it is gone from the table: if another row has taken it, that row's event tells its state.
--
-- Parameters: i_definition, i_level, i_current: see _capture_statement(); i_old, i_new: FROM items.
-- Returns: a query with ev_type, ev_data, ev_extra2, ev_extra3.
-- May be called by: internal.
create or replace function trunkline._capture_update(
    i_definition jsonb, i_level text, i_current bool, i_old text, i_new text)
returns text
language plpgsql
immutable
as $$
declare
    _filtered bool := i_definition ->> 'when' is not null;
    _whole bool := not _filtered and not (i_definition ->> 'compare')::bool;
    _paired bool := i_level = 'statement';
    _sides text[] := '{}';
    _side text;
begin
    foreach _side in array array['old', 'new'] loop
        _sides := _sides || pg_catalog.format(
            '(select %s (d.*)::pg_catalog.record as %2$s_row, (k.*)::pg_catalog.record as %2$s_key%3$s, %4$s as %2$s_passes from %5$s as a'
            ' cross join lateral (select %6$s) as d cross join lateral (select %7$s) as k%8$s) as %2$s_side',
            case when _paired then 'pg_catalog.row_number() over () as i,' when _side = 'old' then '1 as i,' end,
            _side,
            (select pg_catalog.string_agg(pg_catalog.format(', a.%I as %s_key%s', k ->> 'name', _side, n), '' order by n)
             from pg_catalog.jsonb_array_elements(i_definition -> 'key') with ordinality as x (k, n)),
            case when _filtered then 'f.passes' else 'true' end,
            case _side when 'old' then i_old else i_new end,
            trunkline._capture_payload(i_definition -> 'columns', 'a'),
            trunkline._capture_payload(i_definition -> 'key', 'a'),
            case when _filtered then ' cross join lateral '
                || trunkline._capture_filter(i_definition -> 'live', i_definition ->> 'when', 'a') || ' as f' end);
    end loop;

    return pg_catalog.format($sql$select e.ev_type, e.ev_data, e.ev_extra2, e.ev_extra3
    from (select m.*, %1$s or m.moved as live from (
            select p.*, p.old_key operator(pg_catalog.*<>) p.new_key as moved
            from (select * from %2$s %3$s %4$s%5$s) as p) as m) as pair
    left join lateral %6$s as present on true
    left join lateral %7$s as former on true
    cross join lateral (select case when pair.live then present.here is not null else pair.new_passes end as there,
        pair.old_passes as was) as x
    cross join lateral (
        select 0 as part, %10$s as ev_type, pg_catalog.row_to_json(pair.old_row)::pg_catalog.text as ev_data,
            null as ev_extra2, null as ev_extra3
        where pair.moved and former.here is null and not (x.there and x.was) and (x.was or %1$s)
        union all
        select 1, case when x.there and x.was then %8$s when x.there then %9$s else %10$s end,
            pg_catalog.row_to_json(case when x.there and pair.live then present.r
                when x.there or pair.moved then pair.new_row else pair.old_row end)::pg_catalog.text,
            %11$s,
            case when x.there and x.was and pair.moved and former.here is null
                then pg_catalog.row_to_json(pair.old_key)::pg_catalog.text end
        where case when x.there then pair.live or not x.was or %12$s else x.was or %1$s end
    ) as e
    order by pair.i, e.part$sql$,
        case when i_current then 'true' else 'false' end,
        _sides[1],
        case when _paired then 'full join' else 'cross join' end,
        _sides[2],
        case when _paired then ' using (i)' end,
        trunkline._capture_present(i_definition, 'pair', 'new_key', 'pair.live'),
        trunkline._capture_present(i_definition, 'pair', 'old_key', 'pair.moved'),
        trunkline._capture_type(i_definition, 'UPDATE'),
        trunkline._capture_type(i_definition, 'INSERT'),
        trunkline._capture_type(i_definition, 'DELETE'),
        case when (i_definition ->> 'before')::bool
            then 'case when x.was then pg_catalog.row_to_json(pair.old_row)::pg_catalog.text end' else 'null' end,
        case when _whole then 'true' else 'pair.old_row operator(pg_catalog.*<>) pair.new_row' end);
end
$$;
