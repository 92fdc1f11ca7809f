-- Warns of consumers that are beyond their limits, and evicts those that are set to be; part of the regular maintenance
-- (pgq.maint_operations). The log of the server is told at once, and then every hour while it lasts.
--
-- Returns: 0, as maintenance functions do when they need not be called again at once.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_consumer_limits()
returns int4
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _consumer record;
    _refusal text;
begin
    delete from trunkline.limit_warning w
    where not exists (
        select 1 from pgq.subscription s where s.sub_queue = w.sub_queue and s.sub_consumer = w.sub_consumer);
    for _consumer in
        select r.*, s.sub_queue, s.sub_consumer, w.warned_at
        from trunkline.get_consumer_retention() r
        join pgq.queue q on q.queue_name = r.queue_name
        join pgq.consumer c on c.co_name = r.consumer_name
        join pgq.subscription s on s.sub_queue = q.queue_id and s.sub_consumer = c.co_id
        left join trunkline.limit_warning w on w.sub_queue = s.sub_queue and w.sub_consumer = s.sub_consumer
        where r.excess is not null or w.sub_queue is not null
    loop
        if _consumer.excess is null then
            delete from trunkline.limit_warning
            where sub_queue = _consumer.sub_queue and sub_consumer = _consumer.sub_consumer;
            raise log 'consumer "%" of queue "%" is within its limits again', _consumer.consumer_name, _consumer.queue_name;
            continue;
        end if;

        _refusal := null;
        if _consumer.on_limit = 'evict' then
            begin
                _refusal := trunkline._evict(_consumer.queue_name, _consumer.consumer_name, null);
                continue when _refusal is null;
            exception
                when others then
                    _refusal := sqlerrm; -- and so that the others get their turn
            end;
        end if;

        insert into trunkline.limit_warning (sub_queue, sub_consumer, reason)
        values (_consumer.sub_queue, _consumer.sub_consumer, concat_ws(' ', _consumer.excess, _refusal))
        on conflict (sub_queue, sub_consumer) do update
        set reason = excluded.reason,
            warned_at = case when limit_warning.warned_at < clock_timestamp() - interval '1 hour'
                             then clock_timestamp() else limit_warning.warned_at end;
        if _consumer.warned_at is null or _consumer.warned_at < clock_timestamp() - interval '1 hour' then
            raise warning 'consumer "%" of queue "%" is beyond its limits', _consumer.consumer_name, _consumer.queue_name
                using detail = concat_ws(' ', _consumer.excess, _refusal),
                      hint = 'Start it again, or remove it: trunkline consumer unregister. See trunkline.get_consumer_retention().';
        end if;
    end loop;
    return 0;
end
$$;
