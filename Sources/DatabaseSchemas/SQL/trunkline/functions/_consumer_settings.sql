-- Settings of a consumer, with the defaults filled in; those of limits may come from the queue.
--
-- Parameters: i_sub_queue, i_sub_consumer: the subscription; for members and lanes the one of the consumer that they belong to.
-- Returns: one row; see structure/51_settings.sql. Without limits max_age and max_bytes are null, without lanes so is lanes.
-- May be called by: functions of this schema only.
create or replace function trunkline._consumer_settings(
    i_sub_queue int4,
    i_sub_consumer int4,
    out max_attempts int4,
    out retry_delay interval,
    out retry_max_delay interval,
    out lanes int4,
    out lease_time interval,
    out max_age interval,
    out max_bytes int8,
    out on_limit text)
returns record
language sql
stable
as $$
    select coalesce(s.max_attempts, 20), coalesce(s.retry_delay, '5 seconds'), coalesce(s.retry_max_delay, '1 hour'),
           s.lanes, coalesce(s.lease_time, '1 minute'), coalesce(s.max_age, q.consumer_max_age),
           coalesce(s.max_bytes, q.consumer_max_bytes), coalesce(s.on_limit, q.consumer_on_limit, 'warn')
    from (values (1)) one (row)
    left join trunkline.consumer_setting s on s.sub_queue = i_sub_queue and s.sub_consumer = i_sub_consumer
    left join trunkline.queue_setting q on q.queue_id = i_sub_queue
$$;
