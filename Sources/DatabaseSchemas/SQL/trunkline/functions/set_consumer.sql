-- Changes a setting of a consumer.
--
-- Parameters: queue, consumer: a registered consumer; setting and value, as text; null: the default:
--     max_attempts: deliveries of an event before it becomes a dead letter (20); retry_delay: wait after its first failure, doubled
--     with each one (5 s), up to retry_max_delay (1 h); lanes: number of lanes of ordered delivery by key (none); lease_time: how
--     long received events stay with a receiver without a sign of life (1 min); paused: it gets nothing (false);
--     for those who manage the queue: max_age, max_bytes: how much it may keep from being removed (no limit); on_limit: 'warn'
--     or 'evict' when that is exceeded (warn); owner: the role that works as this consumer (none).
-- Returns: 1.
-- Errors: not registered (undefined_object); no such setting or a bad value (invalid_parameter_value or as of a cast);
--     insufficient_privilege; lanes are not available (feature_not_supported).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.set_consumer(queue text, consumer text, setting text, value text)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription := trunkline._check_consumer_right(set_consumer.queue, set_consumer.consumer);
    _old trunkline.consumer_setting;
begin
    if set_consumer.setting in ('max_age', 'max_bytes', 'on_limit', 'owner') then
        perform trunkline._check_queue_right(_sub.sub_queue, set_consumer.queue, 'manage');
    end if;

    case set_consumer.setting
        when 'paused' then
            update pgq.subscription set sub_paused = coalesce(set_consumer.value::bool, false)
            where sub_queue = _sub.sub_queue and sub_consumer = _sub.sub_consumer;
            return 1;
        when 'owner' then
            perform trunkline._set_owner(_sub.sub_queue, _sub.sub_consumer, set_consumer.value);
            return 1;
        when 'lanes' then
            perform trunkline._change_lanes(
                _sub, set_consumer.queue, set_consumer.consumer, set_consumer.value::int4);
            return 1;
        when 'max_attempts', 'retry_delay', 'retry_max_delay', 'lease_time', 'max_age', 'max_bytes', 'on_limit' then
            null;
        else
            raise exception 'consumers have no setting "%"', set_consumer.setting
                using errcode = 'invalid_parameter_value',
                      hint = 'There are max_attempts, retry_delay, retry_max_delay, lanes, lease_time, paused, max_age, max_bytes,'
                             ' on_limit and owner.';
    end case;

    insert into trunkline.consumer_setting (sub_queue, sub_consumer) values (_sub.sub_queue, _sub.sub_consumer)
    on conflict do nothing;
    begin
        execute format(
            'update trunkline.consumer_setting s set %1$I = $1::%2$s where s.sub_queue = $2 and s.sub_consumer = $3',
            set_consumer.setting,
            case set_consumer.setting
                when 'max_attempts' then 'int4'
                when 'max_bytes' then 'int8'
                when 'on_limit' then 'text'
                else 'interval'
            end)
        using set_consumer.value, _sub.sub_queue, _sub.sub_consumer;
    exception
        when check_violation then
            raise exception '% cannot be "%"', set_consumer.setting, set_consumer.value
                using errcode = 'invalid_parameter_value',
                      hint = case set_consumer.setting when 'on_limit' then 'It is ''warn'' or ''evict''.'
                             else 'It must be above zero; null is the default.' end;
    end;
    return 1;
end
$$;
