-- Keeps the statements that make again what a copy drops, before it does so; null: they were run.
--
-- Returns: 200; 404 not replicated here.
-- May be called by: londiste_writer.
create or replace function londiste.local_set_table_struct(
    i_queue_name text, i_table_name text, i_dropped_ddl text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update londiste.table_info t set dropped_ddl = i_dropped_ddl
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name) and t.local;
    if found then
        select 200, 'Table struct stored' into ret_code, ret_note;
    else
        select 404, 'no such local table: ' || i_table_name into ret_code, ret_note;
    end if;
end
$$;
