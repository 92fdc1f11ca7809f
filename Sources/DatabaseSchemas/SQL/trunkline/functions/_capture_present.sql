-- Lateral subquery with the row that the table has under a key now, "present.r", and "present.here" to tell that there is one.
--
-- Sees the writes of its own transaction. LIMIT makes it a nested loop whatever number of rows the plan was made for.
--
-- Parameters: i_definition: see _capture_definition(); i_alias, i_prefix: where the key values are: columns prefix1,
--     prefix2, ... of the alias, or the key's own names if the prefix is null; i_condition: further condition or null.
-- May be called by: internal.
create or replace function trunkline._capture_present(i_definition jsonb, i_alias text, i_prefix text, i_condition text)
returns text
language sql
immutable
as $$
    select pg_catalog.format('(select (p.*)::pg_catalog.record as r, true as here from %s as c cross join lateral (select %s) as p%s where %s limit 1)',
        i_definition ->> 'from',
        trunkline._capture_payload(i_definition -> 'columns', 'c'),
        case when i_definition ->> 'when' is not null then ' cross join lateral '
            || trunkline._capture_filter(i_definition -> 'live', i_definition ->> 'when', 'c') || ' as f' end,
        pg_catalog.concat_ws(' and ',
            (select pg_catalog.string_agg(pg_catalog.format('c.%I %s %s.%I', k ->> 'name', k ->> 'equals', i_alias,
                        coalesce(i_prefix || n, k ->> 'name')), ' and ' order by n)
             from pg_catalog.jsonb_array_elements(i_definition -> 'key') with ordinality as x (k, n)),
            case when i_definition ->> 'when' is not null then 'f.passes' end,
            i_condition))
$$;
