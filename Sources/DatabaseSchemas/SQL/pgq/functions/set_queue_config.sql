-- Changes a setting of a queue.
--
-- Parameters: x_queue_name: name of the queue; x_param_name: ticker_max_count, ticker_max_lag, ticker_idle_period,
--     ticker_paused, rotation_period or external_ticker; x_param_value: the value as text.
-- Returns: 1.
-- Errors: null name, no such queue, no such setting or not changeable, malformed or null value.
-- May be called by: pgq_admin.
create or replace function pgq.set_queue_config(x_queue_name text, x_param_name text, x_param_value text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if x_queue_name is null or x_param_name is null then
        raise exception 'Invalid NULL value'
            using hint = 'Name a queue and a setting.';
    end if;
    perform 1 from pgq.queue where queue_name = x_queue_name;
    if not found then
        raise exception 'No such event queue'
            using detail = format('Queue "%s" does not exist.', x_queue_name);
    end if;

    case x_param_name
        when 'ticker_max_count' then
            update pgq.queue set queue_ticker_max_count = x_param_value::int4 where queue_name = x_queue_name;
        when 'ticker_max_lag' then
            update pgq.queue set queue_ticker_max_lag = x_param_value::interval where queue_name = x_queue_name;
        when 'ticker_idle_period' then
            update pgq.queue set queue_ticker_idle_period = x_param_value::interval where queue_name = x_queue_name;
        when 'ticker_paused' then
            update pgq.queue set queue_ticker_paused = x_param_value::bool where queue_name = x_queue_name;
        when 'rotation_period' then
            update pgq.queue set queue_rotation_period = x_param_value::interval where queue_name = x_queue_name;
        when 'external_ticker' then
            update pgq.queue set queue_external_ticker = x_param_value::bool where queue_name = x_queue_name;
        else
            -- the stray letter is part of the message as clients know it
            raise exception 'cannot change parameter "%s"', x_param_name
                using hint = 'ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, rotation_period and'
                             ' external_ticker can be changed.';
    end case;
    return 1;
end
$$;
