-- Notes how far the copy of a table is.
--
-- Parameters: i_snapshot: of the source, taken by the copy, or null; i_merge_state: see table_info.
-- Returns: 200; 404 not replicated here.
-- Errors: dropped indexes and keys are still kept in table_info and the state says that the copy is over.
-- May be called by: londiste_writer.
create or replace function londiste.local_set_table_state(
    i_queue_name text, i_table_name text, i_snapshot text, i_merge_state text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update londiste.table_info t
    set custom_snapshot = i_snapshot, merge_state = i_merge_state
    where t.queue_name = i_queue_name and t.table_name = londiste.make_fqname(i_table_name) and t.local;
    if found then
        select 200, format('Table %s state set to %s', londiste.make_fqname(i_table_name), quote_nullable(i_merge_state))
        into ret_code, ret_note;
    else
        select 404, 'No such table: ' || londiste.make_fqname(i_table_name) into ret_code, ret_note;
    end if;
end
$$;
