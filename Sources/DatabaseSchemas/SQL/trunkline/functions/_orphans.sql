-- Batches of a group that nobody works on any more; see _take_over().
--
-- Parameters: i_main: the main consumer; i_except: sub_consumer of the member that asks, or null; i_dead_interval: see member_group,
--     or null.
-- Returns: subscriptions. Of the main consumer, only a batch that it received counts.
-- May be called by: functions of this schema only.
create or replace function trunkline._orphans(
    i_main pgq.subscription, i_except int4, i_dead_interval interval, out sub_queue int4, out sub_consumer int4)
returns setof record
language sql
volatile
as $$
    select s.sub_queue, s.sub_consumer
    from pgq.subscription s
    left join trunkline.delivery d on d.sub_queue = s.sub_queue and d.sub_consumer = s.sub_consumer and d.batch_id = s.sub_batch
    where s.sub_queue = (i_main).sub_queue and s.sub_id = (i_main).sub_id and s.sub_lane is null
      and s.sub_batch is not null and s.sub_consumer is distinct from i_except
      and case
          when d.sub_queue is not null then d.lease_until < pg_catalog.clock_timestamp()
          when s.sub_consumer = (i_main).sub_consumer then false
          else s.sub_active < pg_catalog.clock_timestamp() - i_dead_interval
              or exists (
                  select 1 from pgq_coop.released_batch r
                  where r.sub_queue = s.sub_queue and r.sub_consumer = s.sub_consumer)
      end
$$;
