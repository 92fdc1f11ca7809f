-- Encodes a text for the payload of logutriga: space as +, letters, digits and _.- as they are, all else as %xx, the bytes in
-- the encoding of the server.
--
-- Parameters: i_text: the text; null stays null.
-- May be called by: everybody.
create or replace function pgq._urlencode(i_text text)
returns text
language plpgsql
strict
immutable
as $$
declare
    _result text;
    _char text;
begin
    if i_text !~ '[^0-9A-Za-z_.-]' then
        return i_text;
    end if;
    _result := replace(replace(replace(i_text, '%', '%25'), '+', '%2b'), ' ', '+');
    if _result !~ '[^0-9A-Za-z_.%+-]' then
        return _result;
    end if;
    -- each different character once, instead of each character
    for _char in select distinct m[1] from regexp_matches(_result, '[^0-9A-Za-z_.%+-]', 'g') m loop
        _result := replace(_result, _char,
                           regexp_replace(encode(convert_to(_char, getdatabaseencoding()), 'hex'), '(..)', '%\1', 'g'));
    end loop;
    return _result;
end
$$;
