-- An attribute of urlencoded text; null if it is not there.
--
-- May be called by: functions of this schema only.
create or replace function londiste._attribute(i_text text, i_name text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((
            select convert_from(
                string_agg(case when m.part[1] ~ '^%.' then decode(substr(m.part[1], 2), 'hex') else convert_to(m.part[1], 'UTF8') end,
                           ''::bytea order by m.n), 'UTF8')
            from regexp_matches(replace(p.value, '+', ' '), '(%[0-9A-Fa-f]{2}|[^%]+|%)', 'g') with ordinality m (part, n)), '')
    from (select split_part(a, '=', 1) as name, substr(a, strpos(a, '=') + 1) as value, strpos(a, '=') > 0 as is_given
          from unnest(string_to_array(i_text, '&')) a) p
    where p.name = i_name and p.is_given
    limit 1
$$;
