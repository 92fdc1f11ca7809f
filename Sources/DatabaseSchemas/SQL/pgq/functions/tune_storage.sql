-- Sets the storage parameters of the event tables of a queue: they are only appended to and truncated, so there is no
-- room to leave in a page and nothing for autovacuum to collect.
--
-- Parameters: i_queue_name: name of the queue.
-- Returns: 1, or 0 if there is no such queue.
-- May be called by: pgq_admin, if it owns the tables.
create or replace function pgq.tune_storage(i_queue_name text)
returns integer
language plpgsql
strict
as $$
declare
    _queue pgq.queue;
begin
    select * into _queue from pgq.queue where queue_name = i_queue_name;
    if not found then
        return 0;
    end if;
    for _slot in 0 .. _queue.queue_ntables - 1 loop
        execute format('alter table %s set (fillfactor = 100, autovacuum_enabled = off, toast.autovacuum_enabled = off)',
                       pgq.quote_fqname(_queue.queue_data_pfx || '_' || _slot));
    end loop;
    return 1;
end
$$;
