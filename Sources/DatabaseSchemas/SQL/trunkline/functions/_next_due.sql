-- When the next event is due, of the delayed ones and of those to be retried; not of queues that cannot be written to.
--
-- Returns: microseconds from now, not above a day; 0 or less: it is due already; null: there is none.
-- May be called by: pgq_admin.
create or replace function trunkline._next_due()
returns int8
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select (extract(epoch from least(min(e.due), clock_timestamp() + interval '1 day') - clock_timestamp()) * 1000000)::int8
    from (
        select d.next_try as due
        from pgq.queue q
        cross join lateral (
            select n.next_try from trunkline.delayed_event n where n.queue_id = q.queue_id order by n.next_try limit 1
        ) d
        where not q.queue_disable_insert or current_setting('session_replication_role') = 'replica'
        union all
        (
            select r.ev_retry_after
            from pgq.retry_queue r
            join pgq.queue q on q.queue_id = r.ev_queue
            where not q.queue_disable_insert or current_setting('session_replication_role') = 'replica'
            order by r.ev_retry_after limit 1
        )
    ) e
    having min(e.due) is not null
$$;
