-- Drops a foreign key and keeps its definition in pending_fkeys.
--
-- Returns: 1; 0 there is none.
-- May be called by: londiste_writer.
create or replace function londiste.drop_table_fkey(i_from_table text, i_fkey_name text)
returns int4
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _fkey londiste.pending_fkeys;
begin
    select f.* into _fkey from londiste.find_table_fkeys(i_from_table) f
    where f.from_table = londiste.make_fqname(i_from_table) and f.fkey_name = i_fkey_name;
    if not found then
        return 0;
    end if;
    insert into londiste.pending_fkeys (from_table, to_table, fkey_name, fkey_def)
    values (_fkey.from_table, _fkey.to_table, _fkey.fkey_name, _fkey.fkey_def)
    on conflict (from_table, fkey_name) do update set to_table = excluded.to_table, fkey_def = excluded.fkey_def;
    -- of a partitioned table, its partitions' go with it
    execute format('alter table %s drop constraint %I', londiste.quote_fqname(_fkey.from_table), _fkey.fkey_name);
    return 1;
end
$$;
