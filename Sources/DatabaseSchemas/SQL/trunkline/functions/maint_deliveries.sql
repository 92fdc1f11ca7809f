-- Removes what receiving leaves behind: reasons of failures after a week, the rest of batches that ended in another way than by
-- acknowledgement, members that did not ask for a week, and names of members that are gone; part of the regular maintenance
-- (pgq.maint_operations).
--
-- Returns: 1 if there is more to remove, else 0.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_deliveries()
returns int4
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _removed int4;
    _name record;
begin
    delete from trunkline.failure f
    where f.ctid = any (array(
        select o.ctid from trunkline.failure o where o.failed_at < now() - interval '7 days' order by o.failed_at limit 10000));
    get diagnostics _removed = row_count;

    delete from trunkline.set_aside a
    where not exists (select 1 from pgq.subscription s where s.sub_batch = a.batch_id);
    delete from trunkline.batch_part p
    where not exists (select 1 from pgq.subscription s where s.sub_batch = p.batch_id);

    -- members are registered by their first receive, so one that comes back is welcome
    delete from pgq.subscription s
    using trunkline.delivery d
    where d.sub_queue = s.sub_queue and d.sub_consumer = s.sub_consumer and d.main_consumer <> s.sub_consumer
      and s.sub_lane is null and s.sub_last_tick is null and s.sub_batch is null and s.sub_active < now() - interval '7 days';
    for _name in
        select c.co_id
        from pgq.consumer c
        where not exists (select 1 from pgq.subscription s where s.sub_consumer = c.co_id)
          and exists (select 1 from pgq.consumer m where starts_with(c.co_name, m.co_name || '.'))
        limit 1000
        for update of c skip locked
    loop
        -- looked at again, now that nobody can register under the name
        delete from pgq.consumer c
        where c.co_id = _name.co_id and not exists (select 1 from pgq.subscription s where s.sub_consumer = c.co_id);
    end loop;
    return case when _removed = 10000 then 1 else 0 end;
end
$$;
