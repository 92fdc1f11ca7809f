-- Members are open to everybody, as consumers are: the functions check whose the consumer is. Maintenance is for pgq_admin.
do $$
declare
    _item record;
begin
    grant usage on schema trunkline to public;
    grant select on trunkline.member_group, trunkline.member_lease to public;
    for _item in
        select p.oid::pg_catalog.regprocedure as name, p.proname as plain, g.role
        from (values
            ('maint_dead_members', 'pgq_admin'), ('set_member_timeout', 'public'), ('attach_member', 'public'),
            ('detach_member', 'public'), ('touch_member', 'public'), ('open_member_batch', 'public'),
            ('read_member_batch', 'public'), ('close_member_batch', 'public'), ('retry_member_event', 'public'),
            ('get_member_info', 'public'),
            ('_check_member', null), ('_check_member_batch', null), ('_release_dead_members', null)
        ) g (name, role)
        join pg_catalog.pg_proc p on p.pronamespace = 'trunkline'::pg_catalog.regnamespace and p.proname = g.name
    loop
        execute pg_catalog.format('revoke all on function %s from public', _item.name);
        if _item.role = 'public' or exists (select 1 from pg_catalog.pg_roles where rolname = _item.role) then
            execute pg_catalog.format('grant execute on function %s to %s', _item.name, _item.role);
        end if;
    end loop;
end
$$;
