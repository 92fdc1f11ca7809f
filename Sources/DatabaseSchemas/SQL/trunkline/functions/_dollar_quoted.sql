-- Text as a dollar-quoted SQL literal, with a tag that the text does not contain.
--
-- Parameters: i_text: any text.
-- May be called by: internal.
create or replace function trunkline._dollar_quoted(i_text text)
returns text
language plpgsql
immutable
as $$
declare
    _tag text := 'capture';
begin
    while pg_catalog.strpos(i_text, '$' || _tag) > 0 loop
        _tag := _tag || '_';
    end loop;
    return pg_catalog.concat('$', _tag, '$', i_text, '$', _tag, '$');
end
$$;
