-- Makes a dropped foreign key again, at once or in steps that the caller runs one after another, each in a transaction of its own.
--
-- Parameters: i_lazy: return the statement of the next step instead: add it without validation, then validate it.
-- Returns: the statement; null: it is there, or was never dropped.
-- May be called by: londiste_writer.
create or replace function londiste.restore_table_fkey(i_from_table text, i_fkey_name text, i_lazy bool default false)
returns text
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _fkey londiste.pending_fkeys;
    _is_valid bool;
    _exists bool;
begin
    select p.* into _fkey from londiste.pending_fkeys p
    where p.from_table = londiste.make_fqname(i_from_table) and p.fkey_name = i_fkey_name
    for update;
    if not found then
        return null;
    end if;
    select c.convalidated into _is_valid from pg_constraint c
    where c.conrelid = londiste.find_table_oid(_fkey.from_table) and c.conname = _fkey.fkey_name and c.contype = 'f';
    _exists := found;
    if i_lazy and not _exists then
        -- of a partitioned table it cannot be validated later
        return _fkey.fkey_def || case when current_setting('server_version_num')::int >= 180000
            or (select c.relkind from pg_class c where c.oid = londiste.find_table_oid(_fkey.from_table)) <> 'p'
            then ' not valid' else '' end;
    elsif i_lazy and not _is_valid then
        return format('alter table %s validate constraint %I', londiste.quote_fqname(_fkey.from_table), _fkey.fkey_name);
    end if;
    if not _exists then
        execute _fkey.fkey_def;
    elsif not _is_valid then
        execute format('alter table %s validate constraint %I', londiste.quote_fqname(_fkey.from_table), _fkey.fkey_name);
    end if;
    delete from londiste.pending_fkeys p where p.from_table = _fkey.from_table and p.fkey_name = _fkey.fkey_name;
    return null;
end
$$;
