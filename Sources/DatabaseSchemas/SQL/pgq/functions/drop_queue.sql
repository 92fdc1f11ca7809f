-- Drops a queue with its events.
--
-- The queue is gone when this is committed. If somebody is writing events at the moment, the tables stay, empty if possible, until
-- maintenance drops them: waiting for the writers here would hold up writers of all queues.
--
-- Parameters: x_queue_name: name of the queue; x_force: also if there are consumers, which are unregistered.
-- Returns: 1.
-- Errors: no such queue; there are consumers and x_force is not set.
-- May be called by: pgq_admin.
create or replace function pgq.drop_queue(x_queue_name text, x_force boolean)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _consumer text;
begin
    select * into _queue from pgq.queue where queue_name = x_queue_name for update;
    if not found then
        raise exception 'No such event queue'
            using detail = format('Queue "%s" does not exist.', x_queue_name);
    end if;

    if x_force then
        for _consumer in
            select c.co_name
            from pgq.subscription s
            join pgq.consumer c on c.co_id = s.sub_consumer
            where s.sub_queue = _queue.queue_id
            order by coalesce(s.sub_lane, 0) -- lanes go with their consumer
        loop
            perform pgq.unregister_consumer(x_queue_name, _consumer);
        end loop;
    else
        perform 1 from pgq.subscription where sub_queue = _queue.queue_id;
        if found then
            raise exception 'cannot drop queue, consumers still attached'
                using hint = 'Unregister them, or use pgq.drop_queue(name, true).';
        end if;
    end if;

    delete from pgq.retry_queue where ev_queue = _queue.queue_id;
    delete from pgq.tick where tick_queue = _queue.queue_id;
    delete from pgq.queue where queue_id = _queue.queue_id;
    perform pgq._drop_tables(_queue.queue_data_pfx);
    return 1;
end
$$;

create or replace function pgq.drop_queue(x_queue_name text)
returns integer
language plpgsql
strict
as $$
begin
    return pgq.drop_queue(x_queue_name, false);
end
$$;
