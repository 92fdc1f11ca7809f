-- Whether a queue was closed by pgq._close_queue(); null if there is no such queue.
--
-- May be called by: functions of the owner of the schema.
create or replace function pgq._is_closed(i_queue_name text)
returns bool
language sql
as $$
    select pg_catalog.pg_sequence_last_value((queue_data_pfx || '_slot_seq')::pg_catalog.regclass) >= 1000000
    from pgq.queue
    where queue_name = i_queue_name
$$;
