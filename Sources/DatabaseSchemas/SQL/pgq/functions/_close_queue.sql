-- Closes a queue for good: when this returns, no transaction, however old its snapshot, can still insert an event. To be
-- called when queue_disable_insert is set and committed, as a snapshot from before would not see that.
--
-- A closed queue has 1000000 added to the value of its slot sequence, which no snapshot hides. Writers read that value at the
-- latest after they took their transaction id, and hold a lock on the sequence from then on until their transaction ends. So,
-- after the value is set, waiting for a lock that conflicts with theirs is waiting for exactly those who saw the old one.
-- Writers in the role of a replica may go on: they copy the queue from its provider. A capture trigger that inserts without
-- asking for the target fails with the server's message that there is no partition for this slot.
--
-- Parameters: i_queue_name: the queue.
-- Errors: no such queue; lock_timeout passed (the queue stays closed).
-- May be called by: functions of the owner of the schema.
create or replace function pgq._close_queue(i_queue_name text)
returns void
language plpgsql
as $$
declare
    _queue pgq.queue;
    _seq text;
begin
    select * into _queue from pgq.queue where queue_name = i_queue_name;
    if not found then
        raise exception 'No such queue'
            using detail = format('Queue "%s" does not exist.', i_queue_name);
    end if;
    _seq := pgq.quote_fqname(_queue.queue_data_pfx || '_slot_seq');
    perform pgq._lock_queue(_queue.queue_id); -- a table switch sets the same sequence
    perform setval(_seq::regclass, pg_sequence_last_value(_seq::regclass) % 1000000 + 1000000);
    execute format('alter sequence %s owned by none', _seq); -- changes nothing, but takes the lock
end
$$;
