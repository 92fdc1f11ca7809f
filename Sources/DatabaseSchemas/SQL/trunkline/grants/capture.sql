-- Privileges of captures: pgq_admin makes them, on tables that he owns; pgq_reader looks at them. Grants to a role that is
-- missing are skipped.
do $$
declare
    _function regprocedure;
begin
    grant usage on schema trunkline to public;

    for _function in
        select p.oid::regprocedure
        from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and (p.proname ~ '^_?capture_'
               or p.proname in ('_base_type', '_is_applying', '_check_queue', '_check_table_is_visible', '_count_event', '_dollar_quoted',
                   '_equality_operator', '_has_cascades', '_is_unique_key', '_key_hash', '_pin_settings',
                   '_queue_is_plain', '_restore_settings', '_table_shape', '_type_settings', '_value_form',
                   'maint_refresh_captures', 'queue_is_plain', 'table_signature'))
          and p.prorettype <> 'pg_catalog.trigger'::regtype
    loop
        execute format('revoke all on function %s from public', _function);
        -- they read the catalog and run as their caller: whoever may look may call them
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_reader') then
            execute format('grant execute on function %s to pgq_reader', _function);
        end if;
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
            execute format('grant execute on function %s to pgq_admin', _function);
        end if;
    end loop;

    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_reader') then
        grant select on trunkline.capture to pgq_reader;
    end if;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant create on schema trunkline to pgq_admin;
        grant select, insert, update, delete on trunkline.capture to pgq_admin;
    end if;
end
$$;
