-- Event trigger at the beginning of a command that drops things: notes the indexes of the tables of captured sets, as nobody can say
-- afterwards what they belonged to.
create or replace function trunkline._ddl_remember_indexes()
returns event_trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('trunkline.ddl_indexes', coalesce((
        select string_agg(i.indexrelid || ' ' || t.queue_name || ' ' || t.table_name, E'\n')
        from londiste.table_info t
        join pg_index i on i.indrelid = londiste.find_table_oid(coalesce(t.dest_table, t.table_name))
        where t.local and exists (select 1 from trunkline.ddl_policy p where p.queue_name = t.queue_name)), ''), false);
end
$$;
