-- Converts the event tables of the original PgQ 3, which inherit from pgq.event_template, into partitions of it. Nothing is
-- copied: the two new columns have constant defaults, and the tables are read once, to check that the defaults are true.
-- Positions of consumers, open batches, ticks, events and retries are kept.
do $$
declare
    _queue record;
    _grant record;
    _table text;
    _has_rows bool;
begin
    if not exists (
        select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'pgq' and c.relname = 'event_template' and c.relkind = 'r')
    then
        return;
    end if;

    lock table pgq.queue, pgq.tick, pgq.subscription, pgq.retry_queue, pgq.event_template in access exclusive mode;

    -- columns that came during the life of version 3
    alter table pgq.queue add column if not exists queue_per_tx_limit int4;
    alter table pgq.queue add column if not exists queue_extra_maint text[];

    alter table pgq.event_template rename to event_template_before;
    create table pgq.event_template (
        like pgq.event_template_before including defaults,
        ev_queue int4 not null,
        ev_slot int4 not null
    ) partition by list (ev_queue);
    for _grant in
        select a.privilege_type, case when a.grantee = 0 then 'public' else a.grantee::regrole::text end as grantee
        from pg_catalog.pg_class c cross join pg_catalog.aclexplode(c.relacl) a
        where c.oid = 'pgq.event_template_before'::regclass and a.grantee <> c.relowner
    loop
        execute pg_catalog.format('grant %s on pgq.event_template to %s', _grant.privilege_type, _grant.grantee);
    end loop;

    for _queue in
        select q.queue_id as id, q.queue_name as name, q.queue_ntables as tables, q.queue_cur_table as current,
               q.queue_data_pfx as prefix
        from pgq.queue q
        order by q.queue_id
    loop
        for _slot in 0 .. _queue.tables - 1 loop
            _table := _queue.prefix || '_' || _slot;
            execute pg_catalog.format(
                'alter table %s no inherit %s, add column ev_queue int4 not null default %s,'
                ' add column ev_slot int4 not null default %s', _table, _queue.prefix, _queue.id, _slot);
        end loop;
        execute pg_catalog.format('select exists (select 1 from %s)', _queue.prefix) into _has_rows;
        if _has_rows then
            raise exception 'queue "%" cannot be taken over: there are rows in %, where PgQ does not put any',
                    _queue.name, _queue.prefix
                using errcode = 'object_not_in_prerequisite_state',
                      hint = pg_catalog.format('Look at them and delete them: select * from only %s', _queue.prefix);
        end if;
        execute pg_catalog.format('drop table %s', _queue.prefix);

        execute pg_catalog.format('create table %s (like pgq.event_template including defaults) partition by list (ev_slot)',
                                  _queue.prefix);
        execute pg_catalog.format('alter table %s alter ev_queue set default %s', _queue.prefix, _queue.id);
        execute pg_catalog.format('alter table pgq.event_template attach partition %s for values in (%s)',
                                  _queue.prefix, _queue.id);
        for _slot in 0 .. _queue.tables - 1 loop
            execute pg_catalog.format('alter table %s attach partition %1$s_%s for values in (%2$s)', _queue.prefix, _slot);
        end loop;

        execute pg_catalog.format('create sequence %s_slot_seq minvalue 0 start 0', _queue.prefix);
        perform pg_catalog.setval((_queue.prefix || '_slot_seq')::regclass, _queue.current);
        raise notice 'took over queue "%"', _queue.name;
    end loop;

    drop table pgq.event_template_before;
end
$$;
