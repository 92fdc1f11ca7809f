-- Expression for a 64-bit hash of a row's key.
--
-- Parameters: i_definition: see _capture_definition(); i_alias: alias of the row.
-- May be called by: internal.
create or replace function trunkline._capture_key_hash(i_definition jsonb, i_alias text)
returns text
language plpgsql
immutable
as $$
declare
    _key jsonb;
    _hash text := '0';
begin
    for _key in select k from pg_catalog.jsonb_array_elements(i_definition -> 'key') k loop
        _hash := pg_catalog.format('coalesce(%s(%s.%I, %s), 1)', _key ->> 'hash', i_alias, _key ->> 'name', _hash);
    end loop;
    return _hash;
end
$$;
