-- Creates a queue with its event tables and sequences, and makes its first tick.
--
-- The event tables are made on their own and attached afterwards: that takes only a SHARE UPDATE EXCLUSIVE lock on
-- pgq.event_template, which does not disturb anybody who writes or reads events of other queues.
--
-- Parameters: i_queue_name: name of the new queue.
-- Returns: 1 if it was created, 0 if it exists already.
-- Errors: the name is null.
-- May be called by: pgq_admin.
create or replace function pgq.create_queue(i_queue_name text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _id int4;
    _tables int4;
    _prefix text;
    _table text;
begin
    if i_queue_name is null then
        raise exception 'Invalid NULL value'
            using hint = 'A queue must have a name.';
    end if;

    -- if somebody is creating the same queue at this moment, this waits for the outcome
    insert into pgq.queue (queue_id, queue_name, queue_data_pfx, queue_event_seq, queue_tick_seq)
    select n.id, i_queue_name, 'pgq.event_' || n.id, 'pgq.event_' || n.id || '_id_seq',
           'pgq.event_' || n.id || '_tick_seq'
    from (select nextval('pgq.queue_queue_id_seq') as id) n
    where not exists (select 1 from pgq.queue q where q.queue_name = i_queue_name)
    on conflict (queue_name) do nothing
    returning queue_id, queue_ntables, queue_data_pfx into _id, _tables, _prefix;
    if _id is null then
        return 0;
    end if;

    execute format('create sequence %s_id_seq', _prefix);
    execute format('create sequence %s_tick_seq', _prefix);
    execute format('create sequence %s_slot_seq minvalue 0 start 0', _prefix);
    perform setval((_prefix || '_slot_seq')::regclass, 0);

    execute format('create table %s (like pgq.event_template including defaults) partition by list (ev_slot)', _prefix);
    execute format('alter table %s alter ev_queue set default %s', _prefix, _id);
    for _slot in 0 .. _tables - 1 loop
        _table := _prefix || '_' || _slot;
        execute format('create table %s (like pgq.event_template including defaults)', _table);
        execute format('alter table %s alter ev_id set default nextval(%L), alter ev_queue set default %s,'
                       ' alter ev_slot set default %s', _table, _prefix || '_id_seq', _id, _slot);
        execute format('create index event_%s_%s_txid_idx on %s (ev_txid)', _id, _slot, _table);
        execute format('alter table %s attach partition %s for values in (%s)', _prefix, _table, _slot);
    end loop;
    execute format('alter table pgq.event_template attach partition %s for values in (%s)', _prefix, _id);

    perform pgq.grant_perms(i_queue_name);
    perform pgq.tune_storage(i_queue_name);
    perform pgq._write_tick(_id, i_queue_name, null, null, null);

    return 1;
end
$$;
