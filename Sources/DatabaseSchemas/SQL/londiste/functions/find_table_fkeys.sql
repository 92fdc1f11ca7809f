-- Foreign keys from and to a table.
--
-- Returns: rows as in pending_fkeys.
-- May be called by: everybody.
create or replace function londiste.find_table_fkeys(i_table_name text)
returns setof londiste.pending_fkeys
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select rn.nspname || '.' || r.relname, fn.nspname || '.' || f.relname, c.conname::text,
           format('alter table %s%I.%I add constraint %I %s', case when r.relkind = 'r' then 'only ' else '' end, rn.nspname, r.relname, c.conname,
                  regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', ''))
    from pg_constraint c
    join pg_class r on r.oid = c.conrelid
    join pg_namespace rn on rn.oid = r.relnamespace
    join pg_class f on f.oid = c.confrelid
    join pg_namespace fn on fn.oid = f.relnamespace
    where c.contype = 'f' and c.conparentid = 0
      and londiste.find_table_oid(i_table_name) in (c.conrelid, c.confrelid)
    order by 1, 3
$$;
