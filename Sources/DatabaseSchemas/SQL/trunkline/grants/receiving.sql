-- Receiving is open to everybody: its functions check the rights on the consumer themselves. What is stored of it is for pgq_reader
-- and pgq_admin to look at.
do $$
declare
    _name regprocedure;
    _role text;
begin
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('receive', 'ack', 'ack_until', 'nack', 'nack_all', 'touch', 'release', 'fail_event', 'fail_member_event',
                            'list_dead', 'get_dead', 'replay_dead', 'purge_dead')
    loop
        execute pg_catalog.format('revoke all on function %s from public', _name);
        execute pg_catalog.format('grant execute on function %s to public', _name);
    end loop;
    revoke all on function trunkline.maint_deliveries() from public;

    grant select on trunkline.delivery to public;
    foreach _role in array array['pgq_reader', 'pgq_admin'] loop
        if exists (select 1 from pg_catalog.pg_roles where rolname = _role) then
            execute pg_catalog.format('grant select on trunkline.dead_event, trunkline.failure to %I', _role);
        end if;
    end loop;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant execute on function trunkline.maint_deliveries() to pgq_admin;
    end if;
end
$$;
