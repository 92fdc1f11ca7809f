-- Moves an attached consumer to another tick that is still there, and drops its open batch.
--
-- Parameters: i_queue_name, i_consumer_name, i_lease: see attach_consumer(); i_tick_id: the tick after which to go on.
-- Errors: those of _check_consumer_right(); lost lease (TL001); the tick is gone.
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.seek_consumer(
    i_queue_name text, i_consumer_name text, i_lease bigint, i_tick_id bigint)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _sub pgq.subscription := trunkline._check_consumer_right(i_queue_name, i_consumer_name);
begin
    perform trunkline._check_lease(i_queue_name, i_consumer_name, i_lease, true);
    -- in the order in which drop_queue() locks
    perform 1 from pgq.queue where queue_id = _sub.sub_queue for share;
    perform 1 from pgq.subscription where sub_queue = _sub.sub_queue and sub_consumer = _sub.sub_consumer for no key update;
    if not found then
        -- evicted or unregistered at this moment: says so
        perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    end if;
    perform pgq.register_consumer_at(i_queue_name, i_consumer_name, i_tick_id);
end
$$;
