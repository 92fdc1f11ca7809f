-- Replaces the attributes of a table; triggers stay as they are.
--
-- Returns: 200; 404 not replicated here.
-- May be called by: londiste_writer.
create or replace function londiste.local_set_table_attrs(
    i_queue_name text, i_table_name text, i_table_attrs text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update londiste.table_info t set table_attrs = i_table_attrs
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name) and t.local;
    if found then
        select 200, i_table_name || ': Table attributes stored' into ret_code, ret_note;
    else
        select 404, 'no such local table: ' || i_table_name into ret_code, ret_note;
    end if;
end
$$;
