-- Producing is open to everybody: the functions check the right on the queue themselves. Maintenance is for pgq_admin. The tables hold
-- contents of events, so nobody else looks into them.
do $$
declare
    _item record;
begin
    grant usage on schema trunkline to public;
    for _item in
        select p.oid::pg_catalog.regprocedure as name, g.role
        from (values
            ('send', 'public'), ('cancel', 'public'), ('list_delayed', 'public'),
            ('maint_delayed_events', 'pgq_admin'), ('maint_sent_keys', 'pgq_admin'), ('_due_in', 'pgq_admin')
        ) g (name, role)
        join pg_catalog.pg_proc p on p.pronamespace = 'trunkline'::pg_catalog.regnamespace and p.proname = g.name
    loop
        execute pg_catalog.format('revoke all on function %s from public', _item.name);
        if _item.role = 'public' or exists (select 1 from pg_catalog.pg_roles where rolname = _item.role) then
            execute pg_catalog.format('grant execute on function %s to %s', _item.name, _item.role);
        end if;
    end loop;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant select on trunkline.delayed_event, trunkline.sent_key to pgq_admin;
        grant select, update on sequence trunkline.due_wake_seq to pgq_admin;
    end if;
end
$$;
