-- Writes a row change as the part of an SQL statement that follows "insert into t", "update t set" or "delete from t where".
--
-- Parameters: i_op: INSERT, UPDATE or DELETE; i_names, i_old, i_new: columns of the row, old and new values; i_wanted: which
--     columns to write; i_changed: which were changed; i_key: which belong to the key.
-- Errors: a column of the key is null.
-- May be called by: everybody.
create or replace function pgq._encode_partial_sql(
    i_op text,
    i_names text[],
    i_old text[],
    i_new text[],
    i_wanted bool[],
    i_changed bool[],
    i_key bool[])
returns text
language plpgsql
stable
as $$
declare
    _where text;
    _set text;
begin
    if i_op = 'INSERT' then
        return (
            select format('(%s) values (%s)', string_agg(quote_ident(c.name), ',' order by c.position),
                          string_agg(coalesce(quote_literal(c.value), 'null'), ',' order by c.position))
            from unnest(i_names, i_new, i_wanted) with ordinality c (name, value, wanted, position)
            where c.wanted);
    end if;

    if exists (select 1 from unnest(i_old, i_key) c (value, key) where c.key and c.value is null) then
        raise exception 'logtriga: Unexpected NULL key value';
    end if;
    select string_agg(quote_ident(c.name) || '=' || quote_literal(c.value), ' and ' order by c.position) into _where
    from unnest(i_names, i_old, i_key) with ordinality c (name, value, key, position)
    where c.key;
    if i_op = 'DELETE' then
        return coalesce(_where, '');
    end if;

    select string_agg(quote_ident(c.name) || '=' || coalesce(quote_literal(c.value), 'NULL'), ',' order by c.position)
    into _set
    from unnest(i_names, i_new, i_wanted, i_changed) with ordinality c (name, value, wanted, changed, position)
    where c.wanted and c.changed;
    if _set is null then
        -- nothing was changed: something harmless that finds the row
        select quote_ident(c.name) || '=' || quote_literal(c.value) into _set
        from unnest(i_names, i_old, i_key) with ordinality c (name, value, key, position)
        where c.key
        order by c.position limit 1;
    end if;
    return format('%s where %s', _set, _where);
end
$$;
