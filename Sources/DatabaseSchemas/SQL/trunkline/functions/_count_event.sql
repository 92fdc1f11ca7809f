-- Counts one captured event against the queue's limit of events per transaction.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_limit: its per_tx_limit.
-- Returns: null, the ev_owner of a new event.
-- Errors: as pgq._count_tx_events() when the limit is exceeded.
-- May be called by: capture functions.
create or replace function trunkline._count_event(i_queue_id int4, i_queue_name text, i_limit int4)
returns int4
language plpgsql
as $$
begin
    perform pgq._count_tx_events(i_queue_id, i_queue_name, i_limit, 1);
    return null;
end
$$;
