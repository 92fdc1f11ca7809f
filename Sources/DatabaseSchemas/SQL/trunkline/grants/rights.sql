-- The modern interface is open to everybody: its functions check the rights on the queue themselves. Functions with a leading
-- underscore are called by these only.
do $$
declare
    _name regprocedure;
begin
    grant usage on schema trunkline to public;
    grant select on trunkline.queue_grant, trunkline.consumer_owner, trunkline.consumer_setting, trunkline.queue_setting,
        trunkline.eviction, trunkline.limit_warning to public;
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace and p.proname like '\_%'
          and p.prorettype <> 'pg_catalog.trigger'::regtype
    loop
        execute pg_catalog.format('revoke all on function %s from public', _name);
    end loop;
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('grant_queue', 'revoke_queue', 'set_consumer', 'get_consumer_settings', 'set_queue',
                            'get_queue_settings', 'register', 'unregister', 'stage_events', 'insert_staged_events',
                            'evict_consumer', 'get_consumer_retention', 'rotation_blockers', '_blocking_consumers')
    loop
        execute pg_catalog.format('grant execute on function %s to public', _name);
    end loop;
    revoke all on function trunkline.maint_consumer_limits() from public;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant execute on function trunkline.maint_consumer_limits() to pgq_admin;
    end if;
end
$$;
