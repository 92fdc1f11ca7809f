-- Writes columns of a row in one of the forms that the triggers have.
--
-- Parameters: i_form: urlencoded or json; i_names, i_types, i_values: columns of the row; i_wanted: which of them to write; i_row: the
--     row itself.
-- May be called by: everybody.
create or replace function pgq._encode_row(
    i_form text,
    i_names text[],
    i_types oid[],
    i_values text[],
    i_wanted bool[],
    i_row record)
returns text
language plpgsql
stable
as $$
declare
    _times jsonb;
begin
    if i_form = 'urlencoded' then
        return (
            select coalesce(string_agg(pgq._urlencode(c.name) || coalesce('=' || pgq._urlencode(c.value), ''), '&'
                                       order by c.position), '')
            from unnest(i_names, i_values, i_wanted) with ordinality c (name, value, wanted, position)
            where c.wanted);
    end if;

    if i_types && array['date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype]::oid[] then
        select jsonb_object_agg(j.key, j.value) into _times
        from json_each_text(row_to_json(i_row)) j
        join unnest(i_names, i_types) c (name, type) on c.name = j.key
        where c.type in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype);
    end if;
    return (
        select coalesce('{' || string_agg(
            to_json(c.name)::text || ':' || case
                when c.value is null then 'null'
                when c.type in ('int4'::regtype, 'int8'::regtype, 'int2'::regtype) then c.value
                when c.type = 'bool'::regtype then case c.value when 't' then 'true' else 'false' end
                when c.type in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
                    then to_json(_times ->> c.name)::text
                else to_json(c.value)::text
            end, ',' order by c.position) || '}', '{}')
        from unnest(i_names, i_types, i_values, i_wanted) with ordinality c (name, type, value, wanted, position)
        where c.wanted);
end
$$;
