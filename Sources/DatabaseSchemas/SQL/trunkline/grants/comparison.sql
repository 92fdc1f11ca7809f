-- Comparing and repairing tables: what makes ticks or events is for pgq_admin. Grants to a role that is missing are skipped.
do $$
declare
    _function regprocedure;
begin
    for _function in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('make_tick_snapshot', 'release_ticks', 'resend_rows', '_resend_definition')
    loop
        execute format('revoke all on function %s from public', _function);
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
            execute format('grant execute on function %s to pgq_admin', _function);
        end if;
    end loop;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_reader') then
        grant select on trunkline.verification, trunkline.copied_table, trunkline.table_copy to pgq_reader;
        -- not the error, which may show values of rows
        grant select (origin_id, queue_name, consumer_name, last_tick) on trunkline.position to pgq_reader;
    end if;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant select, insert, update, delete on trunkline.verification to pgq_admin;
    end if;
end
$$;
