-- When the next delayed event and the next event to be retried are due, but not of queues that cannot be written to; events that are
-- parked in lanes count as delayed.
--
-- Returns: delayed, retries: microseconds from now, not above a day; 0 or less: due already; null: there is none.
-- May be called by: pgq_admin.
create or replace function trunkline._due_in(out delayed int8, out retries int8)
returns record
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
-- a plan that was made while the tables were empty stays in use
set enable_sort = off
as $$
    select case when d.due is not null
                then (extract(epoch from least(d.due, n.time + interval '1 day') - n.time) * 1000000)::int8 end,
           case when r.due is not null
                then (extract(epoch from least(r.due, n.time + interval '1 day') - n.time) * 1000000)::int8 end
    from (select clock_timestamp() as time) n,
    (
        select least(
            (
                select min(e.next_try)
                from pgq.queue q
                cross join lateral (
                    select w.next_try from trunkline.delayed_event w where w.queue_id = q.queue_id order by w.next_try limit 1
                ) e
                where not q.queue_disable_insert or current_setting('session_replication_role') = 'replica'
            ),
            (select k.due_at from trunkline.parked_key k where not k.is_announced order by k.due_at limit 1)
        ) as due
    ) d,
    (
        select (
            select w.ev_retry_after
            from pgq.retry_queue w
            where exists (
                select 1 from pgq.queue q
                where q.queue_id = w.ev_queue
                  and (not q.queue_disable_insert or current_setting('session_replication_role') = 'replica'))
            order by w.ev_retry_after limit 1
        ) as due
    ) r
$$;
