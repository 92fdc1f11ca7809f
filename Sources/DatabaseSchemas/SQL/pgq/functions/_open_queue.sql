-- Lets writers insert into a queue again that was closed by pgq._close_queue(). It is not undone if the transaction fails.
--
-- Parameters: i_queue_name: the queue.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._open_queue(i_queue_name text)
returns void
language plpgsql
as $$
declare
    _queue pgq.queue;
    _seq regclass;
begin
    select * into _queue from pgq.queue where queue_name = i_queue_name;
    _seq := (_queue.queue_data_pfx || '_slot_seq')::regclass;
    perform pgq._lock_queue(_queue.queue_id);
    perform setval(_seq, pg_sequence_last_value(_seq) % 1000000);
end
$$;
