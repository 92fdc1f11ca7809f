-- Whether a partition's whole period, as its name says (TABLE_YYYY[_MM[_DD[_HH]]]), is older than the retention.
--
-- Returns: null if the name does not end in such a period.
-- May be called by: londiste_writer.
create or replace function londiste.is_obsolete_partition(
    i_partition_table text, i_retention_period interval, i_partition_period text)
returns bool
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _digits text[];
begin
    _digits := regexp_match(i_partition_table, case lower(i_partition_period)
        when 'year' then '_(\d{4})$'
        when 'month' then '_(\d{4})_(\d{2})$'
        when 'day' then '_(\d{4})_(\d{2})_(\d{2})$'
        when 'hour' then '_(\d{4})_(\d{2})_(\d{2})_(\d{2})$'
        else '(?!)' end);
    if _digits is null then
        return null;
    end if;
    -- a year's name is the tail of no longer one: TABLE_2011_01 is a month, not the year 2011
    if lower(i_partition_period) <> 'hour' and i_partition_table ~ '_\d{4}(_\d{2})*_\d{4}$' then
        return null;
    end if;
    return make_timestamptz(_digits[1]::int4, coalesce(_digits[2]::int4, 1), coalesce(_digits[3]::int4, 1),
                            coalesce(_digits[4]::int4, 0), 0, 0)
        + ('1 ' || i_partition_period)::interval <= now() - i_retention_period;
end
$$;
