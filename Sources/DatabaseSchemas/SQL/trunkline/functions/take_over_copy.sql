-- Lets the worker of a node apply a table that was copied, from its next batch on: if the copy has been followed exactly to where the
-- worker stands, and everything that the copy saw of its source is behind.
--
-- Parameters: i_queue_name, i_worker: the set and the worker's name; i_table_name: the table's name in the set; i_tick: where the
--     worker stands.
-- Returns: true: the table is in state ok; false: not yet, or not any more.
-- May be called by: londiste_writer.
create or replace function trunkline.take_over_copy(
    i_queue_name text, i_worker text, i_table_name text, i_tick bigint)
returns bool
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _copy trunkline.set_copy;
begin
    -- a worker that was replaced stands elsewhere than it thinks
    perform 1 from pgq_node.local_state s
    where s.queue_name = i_queue_name and s.consumer_name = i_worker and s.last_tick_id = i_tick
    for share;
    if not found then
        return false;
    end if;
    -- the copy locks the same row when it applies a batch
    perform 1 from londiste.table_info t
    where t.queue_name = i_queue_name and t.table_name = i_table_name and t.local and t.merge_state = 'catching-up'
    for update;
    if not found then
        return false;
    end if;
    select * into _copy from trunkline.set_copy c where c.queue_name = i_queue_name and c.table_name = i_table_name;
    if not exists (
        select 1 from trunkline.position p
        join trunkline.copied_table k using (origin_id, queue_name, consumer_name)
        where p.origin_id = _copy.origin_id and p.queue_name = i_queue_name and p.consumer_name = _copy.consumer_name
          and p.last_tick = i_tick and k.sync_snapshot is null)
    then
        return false;
    end if;
    perform londiste.local_set_table_state(i_queue_name, i_table_name, null, 'ok');
    return true;
end
$$;
