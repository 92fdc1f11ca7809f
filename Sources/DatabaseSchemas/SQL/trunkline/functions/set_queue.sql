-- Changes a setting of a queue.
--
-- Parameters: queue: name of the queue; setting and value, as text:
--     ttl: events older than this are not delivered by receive() any more (null: for ever);
--     consumer_max_age, consumer_max_bytes, consumer_on_limit: limits of consumers that have none of their own, see
--     set_consumer();
--     retention: for how long consumers can go back to what they have finished, at least (sets rotation_period);
--     paused: no ticks are made, so consumers get nothing new, while producers go on (ticker_paused);
--     disable_insert: producers are refused; per_tx_limit: events that one transaction may insert (null: any number);
--     ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, rotation_period, external_ticker:
--     see pgq.set_queue_config(). Null is the default of the setting.
-- Returns: 1.
-- Errors: no such queue (undefined_object); no such setting or a bad value (invalid_parameter_value or as of a cast);
--     insufficient_privilege.
-- May be called by: everybody, for queues that he manages.
create or replace function trunkline.set_queue(queue text, setting text, value text)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(set_queue.queue, 'manage');
    _name text := case set_queue.setting when 'retention' then 'rotation_period' when 'paused' then 'ticker_paused'
                       else set_queue.setting end;
    _value text;
begin
    if _name in ('ttl', 'consumer_max_age', 'consumer_max_bytes', 'consumer_on_limit') then
        insert into trunkline.queue_setting (queue_id) values (_queue_id) on conflict do nothing;
        begin
            case _name
                when 'ttl' then
                    update trunkline.queue_setting s set ttl = set_queue.value::interval where s.queue_id = _queue_id;
                when 'consumer_max_age' then
                    update trunkline.queue_setting s set consumer_max_age = set_queue.value::interval
                    where s.queue_id = _queue_id;
                when 'consumer_max_bytes' then
                    update trunkline.queue_setting s set consumer_max_bytes = set_queue.value::int8
                    where s.queue_id = _queue_id;
                else
                    update trunkline.queue_setting s set consumer_on_limit = set_queue.value where s.queue_id = _queue_id;
            end case;
        exception
            when check_violation then
                raise exception '% cannot be "%"', _name, set_queue.value
                    using errcode = 'invalid_parameter_value',
                          hint = case _name when 'consumer_on_limit' then 'It is ''warn'' or ''evict''.'
                                 else 'It must be above zero; null is for none.' end;
        end;
        return 1;
    end if;

    select coalesce(set_queue.value, d.value) into _value from trunkline._queue_defaults() d where d.setting = _name;
    if not found then
        raise exception 'queues have no setting "%"', set_queue.setting
            using errcode = 'invalid_parameter_value',
                  hint = 'There are ttl, consumer_max_age, consumer_max_bytes, consumer_on_limit, retention, paused, disable_insert, per_tx_limit, ticker_max_count, ticker_max_lag,'
                         ' ticker_idle_period, ticker_paused, rotation_period and external_ticker.';
    end if;
    if (_name in ('rotation_period', 'ticker_max_lag', 'ticker_idle_period') and _value::interval < '0')
        or (_name = 'per_tx_limit' and _value::int4 < 0)
        or (_name = 'ticker_max_count' and _value::int4 < 1)
    then
        raise exception '% cannot be "%"', set_queue.setting, _value
            using errcode = 'invalid_parameter_value', hint = 'It must not be negative; null is the default.';
    end if;
    case _name
        when 'disable_insert' then
            update pgq.queue set queue_disable_insert = _value::bool where queue_id = _queue_id;
        when 'per_tx_limit' then
            update pgq.queue set queue_per_tx_limit = _value::int4 where queue_id = _queue_id;
        else
            perform pgq.set_queue_config(set_queue.queue, _name, _value);
    end case;
    return 1;
end
$$;
