-- Settings of a consumer; see set_consumer().
--
-- Parameters: queue, consumer: a registered consumer.
-- Returns: a row per setting; value as text, null: none; is_default: nothing else was set.
-- Errors: not registered (undefined_object).
-- May be called by: everybody.
create or replace function trunkline.get_consumer_settings(
    queue text,
    consumer text,
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
    _sub pgq.subscription;
    _own jsonb;
begin
    select s.* into _sub
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = get_consumer_settings.queue and c.co_name = get_consumer_settings.consumer;
    if not found then
        perform trunkline._check_eviction(get_consumer_settings.queue, get_consumer_settings.consumer);
        raise exception 'consumer "%" is not registered on queue "%"',
                get_consumer_settings.consumer, get_consumer_settings.queue
            using errcode = 'undefined_object', hint = 'See pgq.get_consumer_info() for those that are.';
    end if;
    select to_jsonb(s) into _own from trunkline.consumer_setting s
    where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer;

    return query
    select e.key, e.value, coalesce(_own ->> e.key, '') = ''
    from jsonb_each_text(to_jsonb(trunkline._consumer_settings(_sub.sub_queue, _sub.sub_consumer))) with ordinality e
    union all
    select 'owner', o.owner::text, o.owner is null
    from (values (1)) one (row)
    left join trunkline.consumer_owner o on o.sub_queue = _sub.sub_queue and o.sub_consumer = _sub.sub_consumer
    union all
    select 'paused', _sub.sub_paused::text, not _sub.sub_paused
    order by 1;
end
$$;
