-- Removes the triggers that log a table for a set, generated captures among them.
--
-- May be called by: londiste_writer.
create or replace function londiste.drop_table_triggers(i_queue_name text, i_table_name text)
returns void
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _dest text;
    _trigger text;
begin
    select coalesce(t.dest_table, t.table_name) into _dest
    from londiste.table_info t
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name);
    for _trigger in
        select t.tgname from pg_trigger t
        where t.tgrelid = londiste.find_table_oid(_dest) and not t.tgisinternal
          and t.tgname in (londiste._trigger_name(i_queue_name, false), londiste._trigger_name(i_queue_name, true),
                           '_londiste_' || i_queue_name || '_truncate')
    loop
        execute format('drop trigger %I on %s', _trigger, londiste.quote_fqname(_dest));
    end loop;
    if exists (
        select 1 from trunkline.capture c
        where c.table_oid = londiste.find_table_oid(_dest) and c.queue_name = i_queue_name)
    then
        perform trunkline.capture_remove(londiste.find_table_oid(_dest), i_queue_name);
    end if;
end
$$;
