-- Removes what receiving leaves behind: reasons of failures after a week, and the rest of batches that ended in another way than by
-- acknowledgement; part of the regular maintenance (pgq.maint_operations).
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
begin
    delete from trunkline.failure f
    where f.ctid = any (array(
        select o.ctid from trunkline.failure o where o.failed_at < now() - interval '7 days' order by o.failed_at limit 10000));
    get diagnostics _removed = row_count;

    delete from trunkline.set_aside a
    where not exists (select 1 from pgq.subscription s where s.sub_batch = a.batch_id);
    delete from trunkline.batch_part p
    where not exists (select 1 from pgq.subscription s where s.sub_batch = p.batch_id);
    return case when _removed = 10000 then 1 else 0 end;
end
$$;
