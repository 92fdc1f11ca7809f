-- Dead letters that the caller may see, in the order in which they died.
--
-- Parameters: queue, consumer: null: of all; max_rows: upper limit; after_id: only with a higher dead_id, to go on with the next page.
-- Returns: dead_id: for the other functions; queue, consumer: whose; event_id, type, payload, key: of the event; attempts: how many
--     failed; reason: of the last; sent_at, died_at: times.
-- Errors: no such queue (undefined_object).
-- May be called by: everybody.
create or replace function trunkline.list_dead(
    queue text default null, consumer text default null, max_rows int default 100, after_id bigint default 0)
returns table (
    dead_id bigint, queue_name text, consumer_name text, event_id bigint, type text, payload text, key text,
    attempts int, reason text, sent_at timestamptz, died_at timestamptz)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if list_dead.queue is not null then
        perform trunkline._check_queue(list_dead.queue);
    end if;
    return query
    select d.dead_id, q.queue_name, d.consumer_name, d.ev_id, d.ev_type, d.ev_data, d.ev_extra4, d.attempts, d.reason,
           d.ev_time, d.died_at
    from trunkline.dead_event d
    join pgq.queue q on q.queue_id = d.queue_id
    where d.dead_id > list_dead.after_id
      and (list_dead.queue is null or q.queue_name = list_dead.queue)
      and (list_dead.consumer is null or d.consumer_name = list_dead.consumer)
      and (d.queue_id, d.consumer_name) in (
          select o.queue_id, o.consumer_name
          from (select distinct x.queue_id, x.consumer_name from trunkline.dead_event x) o
          where trunkline._may_see_dead(o.queue_id, o.consumer_name))
    order by d.dead_id
    limit list_dead.max_rows;
end
$$;
