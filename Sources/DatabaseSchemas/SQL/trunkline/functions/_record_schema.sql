-- Remembers that the text of a schema has just been installed.
--
-- Parameters:
--   i_schema, i_version, i_checksum  what was installed.
--   i_functions                      names of the functions that the text makes.
-- May be called by: the installer.
create or replace function trunkline._record_schema(i_schema text, i_version text, i_checksum text, i_functions text[])
returns void
language sql
as $$
    insert into trunkline.installed_schema as s (schema_name, version, checksum, functions, fingerprint)
    values (i_schema, i_version, i_checksum, i_functions, trunkline.schema_fingerprint(i_schema, i_functions))
    on conflict (schema_name) do update
    set (version, checksum, functions, fingerprint, installed_at, installed_by) =
        (excluded.version, excluded.checksum, excluded.functions, excluded.fingerprint, clock_timestamp(), current_user)
$$;
