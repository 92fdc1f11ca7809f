-- Makes the calling process the only one that works as this consumer. The process that did so before is refused from now on.
--
-- Parameters: i_queue_name, i_consumer_name: a registered consumer; i_holder: who attaches, for people to read.
-- Returns: the lease to pass to open_batch(), close_batch(), retry_event() and seek_consumer().
-- Errors: consumer is not registered on the queue (undefined_object).
-- May be called by: pgq_reader.
create or replace function trunkline.attach_consumer(i_queue_name text, i_consumer_name text, i_holder text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _lease int8;
begin
    perform 1
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if not found then
        raise exception 'consumer "%" is not registered on queue "%"', i_consumer_name, i_queue_name
            using errcode = 'undefined_object', hint = 'Register it with pgq.register_consumer().';
    end if;

    insert into trunkline.consumer_lease as l (queue_name, consumer_name, lease, holder)
    values (i_queue_name, i_consumer_name, 1, i_holder)
    on conflict (queue_name, consumer_name) do update
    set lease = l.lease + 1, holder = excluded.holder, attached_at = clock_timestamp()
    returning l.lease into _lease;
    return _lease;
end
$$;
