-- Privileges: what PgQ grants, and nothing else. Grants to a role that is missing (see structure/10_roles.sql) are skipped.
do $$
declare
    _role text;
    _item record;
    _queue text;
begin
    grant usage on schema pgq to public;

    for _item in
        select p.oid::regprocedure as name from pg_catalog.pg_proc p
        where p.pronamespace = 'pgq'::regnamespace and p.prokind = 'f'
    loop
        execute format('revoke all on function %s from public', _item.name);
    end loop;

    for _item in
        select g.role, f.oid::regprocedure as name
        from (values
            ('public', array[
                'version', 'quote_fqname', 'seq_getval', 'get_queue_info', 'get_consumer_info',
                -- called by triggers with the rights of who changes the table
                '_log_change', '_trigger_options', '_expression_value', '_override_fields', '_record_values',
                '_same_value', '_encode_row', '_encode_partial_sql', '_urlencode']),
            ('pgq_reader', array[
                'register_consumer', 'register_consumer_at', 'unregister_consumer', 'next_batch', 'next_batch_info',
                'next_batch_custom', 'find_tick_helper', 'get_batch_events', 'get_batch_cursor', 'get_batch_info',
                'batch_event_sql', 'batch_event_tables', 'batch_retry', 'event_retry', 'finish_batch', 'force_tick',
                -- called by the above with the rights of the caller
                '_batch_event_query']),
            ('pgq_writer', array[
                'insert_event', 'current_event_table', 'jsontriga', 'logutriga', 'sqltriga']),
            ('pgq_admin', array[
                'create_queue', 'drop_queue', 'set_queue_config', 'grant_perms', '_grant_perms_from', 'tune_storage',
                'upgrade_schema', 'insert_event_raw', 'event_retry_raw', 'ticker', 'seq_setval',
                'maint_operations', 'maint_retry_events', 'maint_rotate_tables_step1', 'maint_rotate_tables_step2',
                'maint_tables_to_vacuum', 'maint_drop_tables',
                -- called by the above with the rights of the caller
                '_insert_target', '_count_tx_events', '_lock_queue', '_queue_lock_key', '_dropped_tables',
                -- of our own ticker and administration of nodes
                '_make_tick', '_poll_queues', '_is_closed'])
        ) g (role, functions)
        join pg_catalog.pg_proc f on f.pronamespace = 'pgq'::regnamespace and f.proname = any (g.functions)
        where g.role = 'public' or exists (select 1 from pg_catalog.pg_roles r where r.rolname = g.role)
    loop
        execute format('grant execute on function %s to %s', _item.name, _item.role);
    end loop;

    grant select on pgq.consumer, pgq.queue, pgq.tick, pgq.subscription to public;
    grant select on sequence pgq.ticker_sleep_seq to public;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_reader') then
        grant select on pgq.consumer, pgq.queue, pgq.tick, pgq.subscription, pgq.event_template to pgq_reader;
    end if;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant select, insert, update, delete
            on pgq.consumer, pgq.queue, pgq.tick, pgq.subscription, pgq.retry_queue to pgq_admin;
        grant select, insert, truncate on pgq.event_template to pgq_admin;
        grant update on sequence pgq.ticker_sleep_seq to pgq_admin;
    end if;

    -- queues that were made before a role was
    for _queue in select queue_name from pgq.queue loop
        perform pgq.grant_perms(_queue);
    end loop;
end
$$;
