-- Takes the batches from dead members of every group with a dead interval (see set_member_timeout()) and wakes the others; part
-- of the regular maintenance (pgq.maint_operations). Members of the plain pgq_coop interface get these batches, too.
--
-- Returns: 0, as maintenance functions do when they need not be called again at once.
-- May be called by: pgq_admin.
create or replace function trunkline.maint_dead_members()
returns int4
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform trunkline._release_dead_members(g.queue_name, g.consumer_name, g.dead_interval, null)
    from trunkline.member_group g;
    return 0;
end
$$;
