-- Oid of a sequence by its unquoted qualified name; null if there is none.
--
-- May be called by: everybody.
create or replace function londiste.find_seq_oid(seq text)
returns oid
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select londiste.find_rel_oid(seq, 'S')
$$;
