-- Wait after a failure: doubled with each one, up to a limit.
--
-- Parameters: i_attempts: how many failed, above zero; i_delay: after the first; i_max_delay: the limit.
-- May be called by: functions of this schema only.
create or replace function trunkline._back_off(i_attempts int4, i_delay interval, i_max_delay interval)
returns interval
language sql
immutable
as $$
    select pg_catalog.make_interval(secs => least(
        extract(epoch from i_delay)::float8 * 2::float8 ^ least(i_attempts - 1, 60), extract(epoch from i_max_delay)::float8))
$$;
