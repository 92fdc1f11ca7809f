-- Sets the storage parameters of the event tables of a queue: they are only appended to and truncated, so there is no
-- room to leave in a page and nothing for autovacuum to collect. Long data is compressed with lz4, where the server has it: that
-- takes a fraction of the time of its own method. What is there already stays as it is.
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
    _table text;
    _has_lz4 bool := exists (
        select 1 from pg_catalog.pg_settings s where s.name = 'default_toast_compression' and 'lz4' = any (s.enumvals));
begin
    select * into _queue from pgq.queue where queue_name = i_queue_name;
    if not found then
        return 0;
    end if;
    for _slot in 0 .. _queue.queue_ntables - 1 loop
        _table := pgq.quote_fqname(_queue.queue_data_pfx || '_' || _slot);
        execute format('alter table %s set (fillfactor = 100, autovacuum_enabled = off, toast.autovacuum_enabled = off)', _table);
        if _has_lz4 then
            execute format('alter table %s alter ev_data set compression lz4, alter ev_extra2 set compression lz4', _table);
        end if;
    end loop;
    return 1;
end
$$;
