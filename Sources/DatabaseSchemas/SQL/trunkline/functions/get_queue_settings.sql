-- Settings of a queue; see set_queue().
--
-- Parameters: queue: name of the queue.
-- Returns: a row per setting; value as text, null: none; is_default: it is what a new queue has.
-- Errors: no such queue (undefined_object).
-- May be called by: everybody.
create or replace function trunkline.get_queue_settings(
    queue text,
    out setting text,
    out value text,
    out is_default bool)
returns setof record
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set intervalstyle = 'postgres'
as $$
declare
    _queue pgq.queue;
begin
    select q.* into _queue from pgq.queue q where q.queue_name = get_queue_settings.queue;
    if not found then
        perform trunkline._check_queue(get_queue_settings.queue);
    end if;
    return query
    select n.setting, n.now, n.now is not distinct from n.usual
    from (
        select d.setting, to_jsonb(_queue) ->> ('queue_' || d.setting) as now, d.value as usual
        from trunkline._queue_defaults() d
        union all
        select 'retention', _queue.queue_rotation_period::text, '02:00:00'
        union all
        select 'paused', _queue.queue_ticker_paused::text, 'false'
        union all
        select l.name, l.value, null
        from (values (1)) one (row)
        left join trunkline.queue_setting s on s.queue_id = _queue.queue_id
        cross join lateral (values ('ttl', s.ttl::text), ('consumer_max_age', s.consumer_max_age::text),
            ('consumer_max_bytes', s.consumer_max_bytes::text), ('consumer_on_limit', s.consumer_on_limit)) l (name, value)
    ) n
    order by 1;
end
$$;
