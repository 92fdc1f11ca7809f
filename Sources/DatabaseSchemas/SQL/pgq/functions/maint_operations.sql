-- Work list of maintenance: functions to be called, each in a transaction of its own, in this order.
--
-- Returns: func_name and func_arg (null: no argument). A function that returns 1 wants to be called again at once. Table names
--     after "vacuum" are to be vacuumed.
-- May be called by: pgq_admin.
create or replace function pgq.maint_operations(out func_name text, out func_arg text)
returns setof record
language plpgsql
as $$
declare
    _queue text;
    _switches int4 := 0;
    _pending bool;
begin
    -- first, as it may make room for table switches
    if to_regprocedure('trunkline.maint_consumer_limits()') is not null then
        func_name := 'trunkline.maint_consumer_limits';
        for func_arg in
            execute 'select null::text'
                    ' where exists (select 1 from trunkline.consumer_setting where max_age is not null or max_bytes is not null)'
                    ' or exists (select 1 from trunkline.queue_setting'
                    '            where consumer_max_age is not null or consumer_max_bytes is not null)'
                    ' or exists (select 1 from trunkline.limit_warning)'
        loop
            return next;
        end loop;
    end if;

    func_name := 'pgq.maint_rotate_tables_step1';
    for func_arg in
        select q.queue_name from pgq.queue q
        where q.queue_rotation_period is not null
          and q.queue_switch_step2 is not null
          and q.queue_switch_time + q.queue_rotation_period < now()
        order by 1
    loop
        _switches := _switches + 1;
        return next;
    end loop;

    func_arg := null;
    if _switches > 0 or exists (select 1 from pgq.queue where queue_switch_step2 is null) then
        func_name := 'pgq.maint_rotate_tables_step2';
        return next;
    end if;

    if exists (select 1 from pgq._dropped_tables()) then
        func_name := 'pgq.maint_drop_tables';
        return next;
    end if;

    for func_name, func_arg in
        select m.func, q.queue_name
        from pgq.queue q, unnest(q.queue_extra_maint) m (func)
        order by q.queue_name
    loop
        return next;
    end loop;

    func_name := 'vacuum';
    for func_arg in select pgq.maint_tables_to_vacuum() loop
        return next;
    end loop;

    -- what the schemas above this one ask for, if they are there
    if to_regprocedure('trunkline.maint_refresh_captures()') is not null then
        func_name := 'trunkline.maint_refresh_captures';
        func_arg := null;
        return next;
    end if;
    if to_regprocedure('trunkline.maint_dead_members()') is not null then
        func_name := 'trunkline.maint_dead_members';
        for func_arg in
            execute 'select null::text where exists (select 1 from trunkline.member_group)'
        loop
            return next;
        end loop;
    end if;
    if to_regprocedure('trunkline.maint_sent_keys()') is not null then
        func_name := 'trunkline.maint_sent_keys';
        for func_arg in
            execute 'select null::text where exists (select 1 from trunkline.sent_key where expires_at <= now())'
        loop
            return next;
        end loop;
    end if;
    if to_regprocedure('trunkline.maint_deliveries()') is not null then
        func_name := 'trunkline.maint_deliveries';
        for func_arg in
            execute 'select null::text where exists (select 1 from trunkline.delivery) or exists (select 1 from trunkline.failure)'
        loop
            return next;
        end loop;
    end if;
    if to_regprocedure('pgq_node.maint_watermark(text)') is not null then
        func_name := 'pgq_node.maint_watermark';
        for func_arg in
            execute 'select n.queue_name from pgq_node.node_info n where n.node_type = ''root'' order by 1'
        loop
            return next;
        end loop;
    end if;
    if to_regprocedure('londiste.root_check_seqs(text)') is not null then
        func_name := 'londiste.root_check_seqs';
        for func_arg in
            execute 'select distinct s.queue_name from londiste.seq_info s, pgq_node.node_info n'
                    ' where s.local and n.queue_name = s.queue_name and n.node_type = ''root'' order by 1'
        loop
            return next;
        end loop;
    end if;
    if to_regprocedure('londiste.periodic_maintenance()') is not null then
        func_name := 'londiste.periodic_maintenance';
        func_arg := null;
        return next;
    end if;
end
$$;
