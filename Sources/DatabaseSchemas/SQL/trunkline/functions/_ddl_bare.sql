-- A command without comments, in lower case, with a q in place of each text and each name in quotes; so words and semicolons in it mean
-- what they say.
--
-- Returns: null if that cannot be told by simple means: dollar quotes, backslashes, comments in comments.
-- May be called by: internal.
create or replace function trunkline._ddl_bare(i_query text)
returns text
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _quoted constant text := '(''(?:[^'']|'''')*''|"(?:[^"]|"")*")';
    _text text := i_query;
begin
    _text := regexp_replace(_text, _quoted || '|--[^\n]*|/\*(?:[^*]|\*+[^*/])*\*+/', '\1 ', 'g');
    _text := lower(regexp_replace(_text, _quoted, 'q', 'g'));
    if _text ~ '\$\w*\$|\*/|/\*' or i_query ~ '\\' then
        return null;
    end if;
    return regexp_replace(_text, '[;\s]+$', '');
end
$$;
