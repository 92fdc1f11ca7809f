-- Says in words what of a consumer is beyond its limits.
--
-- Parameters: i_age, i_bytes: what it keeps, see _retention(); i_max_age, i_max_bytes: its limits; null: none.
-- Returns: a sentence; null if nothing is.
-- May be called by: functions of this schema only.
create or replace function trunkline._limit_excess(i_age interval, i_bytes int8, i_max_age interval, i_max_bytes int8)
returns text
language sql
stable
as $$
    select pg_catalog.concat_ws(' ',
        case when i_age > i_max_age
             then pg_catalog.format('Events wait for it since %s, longer than max_age (%s).',
                                    pg_catalog.date_trunc('second', i_age), i_max_age) end,
        case when i_bytes > i_max_bytes
             then pg_catalog.format('It keeps %s of events, more than max_bytes (%s).',
                                    pg_catalog.pg_size_pretty(i_bytes), pg_catalog.pg_size_pretty(i_max_bytes)) end)
    where i_age > i_max_age or i_bytes > i_max_bytes
$$;
