-- Removes dead letters for good.
--
-- Parameters: queue, consumer: whose, also when the consumer is unregistered; dead_id: of trunkline.list_dead(); null: all;
--     older_than: only those that died so long ago; null: all.
-- Returns: number of events removed.
-- Errors: no such queue, no such consumer (undefined_object); insufficient_privilege.
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.purge_dead(
    queue text, consumer text, dead_id bigint default null, older_than interval default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    _queue_id int4 := trunkline._check_dead_right(purge_dead.queue, purge_dead.consumer);
    _count int8;
begin
    delete from trunkline.dead_event d
    where d.queue_id = _queue_id and d.consumer_name = purge_dead.consumer
      and (purge_dead.dead_id is null or d.dead_id = purge_dead.dead_id)
      and (purge_dead.older_than is null or d.died_at < clock_timestamp() - purge_dead.older_than);
    get diagnostics _count = row_count;
    return _count;
end
$$;
