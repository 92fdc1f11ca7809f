-- Settings of queues that are columns of pgq.queue, and their defaults.
--
-- Returns: name as of pgq.set_queue_config(), default as text (null: none).
-- May be called by: functions of this schema only.
create or replace function trunkline._queue_defaults(out setting text, out value text)
returns setof record
language sql
immutable
as $$
    values ('disable_insert', 'false'), ('external_ticker', 'false'), ('per_tx_limit', null), ('rotation_period', '02:00:00'),
           ('ticker_idle_period', '00:01:00'), ('ticker_max_count', '500'), ('ticker_max_lag', '00:00:03'),
           ('ticker_paused', 'false')
$$;
