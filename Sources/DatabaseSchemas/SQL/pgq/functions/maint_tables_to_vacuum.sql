-- Tables that change much and should be vacuumed often, if autovacuum does not do it.
--
-- Returns: qualified names of tables; nothing if autovacuum is on.
-- May be called by: pgq_admin.
create or replace function pgq.maint_tables_to_vacuum()
returns setof text
language plpgsql
as $$
begin
    if current_setting('autovacuum') = 'on' then
        return;
    end if;
    return query
    select t.name
    from unnest(array[
        'pgq.subscription', 'pgq.consumer', 'pgq.queue', 'pgq.tick', 'pgq.retry_queue',
        'pgq_ext.completed_tick', 'pgq_ext.completed_batch', 'pgq_ext.completed_event', 'pgq_ext.partial_batch',
        'pgq_node.local_state', 'londiste.seq_info', 'txid.epoch', 'londiste.completed']) t (name)
    where to_regclass(t.name) is not null;
end
$$;
