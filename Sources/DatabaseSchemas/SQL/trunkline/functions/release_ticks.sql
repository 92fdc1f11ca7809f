-- Lets ticks of a queue be made again, after make_tick_snapshot() held them in this session.
--
-- Parameters: i_queue_name: the queue.
-- Returns: whether this session held them.
-- May be called by: pgq_admin.
create or replace function trunkline.release_ticks(i_queue_name text)
returns bool
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(bool_or(pg_advisory_unlock(pgq._queue_lock_key(q.queue_id))), false)
    from pgq.queue q
    where q.queue_name = i_queue_name
      and exists (
          select 1 from pg_locks l
          where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.objsubid = 1
            and l.database = (select d.oid from pg_database d where d.datname = current_database())
            and (l.classid::int8 << 32) + l.objid::int8 = pgq._queue_lock_key(q.queue_id))
$$;
