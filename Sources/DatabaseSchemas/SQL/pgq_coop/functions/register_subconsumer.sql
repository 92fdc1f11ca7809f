-- Registers a member of a cooperative consumer, and the consumer itself if it is missing.
--
-- Parameters: i_queue_name, i_consumer_name: queue and main consumer; i_subconsumer_name: name of the member in the group.
-- Returns: 1 if it was registered, 0 if it was already.
-- Errors: see pgq.register_consumer(); a consumer of its own has that name; the main consumer was evicted.
-- May be called by: pgq_reader.
create or replace function pgq_coop.register_subconsumer(
    i_queue_name text,
    i_consumer_name text,
    i_subconsumer_name text)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _main pgq.subscription;
    _name text := i_consumer_name || '.' || i_subconsumer_name;
    _consumer_id int4;
begin
    if _name is null then
        raise exception 'Invalid NULL value' using errcode = 'null_value_not_allowed';
    end if;
    perform pgq.register_consumer(i_queue_name, i_consumer_name);
    _main := pgq_coop._lock_group(i_queue_name, i_consumer_name);
    if _main.sub_id is null then
        raise exception 'main consumer not found'
            using detail = format('Consumer "%s" is not registered on queue "%s".', i_consumer_name, i_queue_name),
                  hint = 'It was unregistered at this moment; try again.';
    end if;
    if _main.sub_lane is not null then
        raise exception 'events of consumer "%" on queue "%" are delivered in lanes', i_consumer_name, i_queue_name
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Its receivers need no registration: trunkline.receive(queue, consumer, max_events, member).';
    end if;
    if (pgq_coop._find_member(i_queue_name, i_consumer_name, i_subconsumer_name)).sub_id is not null then
        return 0;
    end if;

    _consumer_id := pgq._consumer_id(_name);
    insert into pgq.subscription (sub_id, sub_queue, sub_consumer, sub_last_tick)
    values (_main.sub_id, _main.sub_queue, _consumer_id, null);
    return 1;
end
$$;
