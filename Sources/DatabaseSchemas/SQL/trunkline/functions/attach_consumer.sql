-- Makes the calling process the only one that works as this consumer. The process that did so before is refused from now on.
--
-- Parameters: i_queue_name, i_consumer_name: a registered consumer; i_holder: who attaches, for people to read.
-- Returns: the lease to pass to open_batch(), close_batch(), retry_event() and seek_consumer().
-- Errors: those of _check_consumer_right().
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.attach_consumer(i_queue_name text, i_consumer_name text, i_holder text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _lease int8;
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    insert into trunkline.consumer_lease as l (queue_name, consumer_name, lease, holder)
    values (i_queue_name, i_consumer_name, 1, i_holder)
    on conflict (queue_name, consumer_name) do update
    set lease = l.lease + 1, holder = excluded.holder, attached_at = clock_timestamp()
    returning l.lease into _lease;
    return _lease;
end
$$;
