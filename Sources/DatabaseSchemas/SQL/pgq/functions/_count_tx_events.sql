-- Counts the events that this transaction inserts into a queue with queue_per_tx_limit. The counter is a setting local to
-- the transaction: events of a savepoint that is rolled back do not count. It guards against accidents, not against users
-- who want to get around it.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_limit: its queue_per_tx_limit; i_count: number of events inserted now.
-- Errors: more than i_limit events in this transaction.
-- May be called by: pgq_admin and functions of the owner of the schema.
create or replace function pgq._count_tx_events(i_queue_id int4, i_queue_name text, i_limit int4, i_count int8)
returns void
language plpgsql
as $$
declare
    _setting text := 'pgq.tx_events_' || i_queue_id;
    _events int8 := coalesce(nullif(current_setting(_setting, true), ''), '0')::int8 + i_count;
begin
    if _events > i_limit then
        raise exception 'Queue ''%'' allows max % events from one TX', i_queue_name, i_limit
            using hint = 'Use smaller transactions, or change queue_per_tx_limit in pgq.queue.';
    end if;
    perform set_config(_setting, _events::text, true);
end
$$;
