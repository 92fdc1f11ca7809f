-- Gives the event tables of a queue the privileges of pgq.event_template, and its sequences theirs.
--
-- Parameters: x_queue_name: name of the queue.
-- Returns: 1.
-- Errors: no such queue.
-- May be called by: pgq_admin.
create or replace function pgq.grant_perms(x_queue_name text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _seq text;
    _table text;
begin
    select * into _queue from pgq.queue where queue_name = x_queue_name;
    if not found then
        raise exception 'Queue not found'
            using detail = format('Queue "%s" does not exist.', x_queue_name);
    end if;

    -- whether anything is new can be read by everybody; ids are drawn by those who insert
    foreach _seq in array array[_queue.queue_event_seq, _queue.queue_tick_seq, _queue.queue_data_pfx || '_slot_seq'] loop
        execute format('grant select on sequence %s to public', pgq.quote_fqname(_seq));
    end loop;
    if exists (select 1 from pg_roles where rolname = 'pgq_admin') then
        execute format('grant usage on sequence %s to pgq_admin', pgq.quote_fqname(_queue.queue_event_seq));
        execute format('grant update on sequence %s to pgq_admin', pgq.quote_fqname(_queue.queue_data_pfx || '_slot_seq'));
    end if;

    for _table in
        select _queue.queue_data_pfx
        union all
        select _queue.queue_data_pfx || '_' || i from generate_series(0, _queue.queue_ntables - 1) i
    loop
        perform pgq._grant_perms_from('pgq', 'event_template', split_part(_table, '.', 1), split_part(_table, '.', 2));
    end loop;
    return 1;
end
$$;
