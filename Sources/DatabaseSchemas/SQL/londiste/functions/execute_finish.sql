-- Ends the execution of a script. On the root, all nodes get it, between the changes before and after it.
--
-- Returns: 200; 404 there was no execute_start().
-- Events: EXECUTE: ev_data text, ev_extra1 name, ev_extra2 attributes.
-- May be called by: londiste_writer.
create or replace function londiste.execute_finish(
    i_queue_name text, i_file_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _execute londiste.applied_execute;
begin
    select e.* into _execute from londiste.applied_execute e
    where e.queue_name = i_queue_name and e.execute_file = i_file_name;
    if not found then
        select 404, 'execute_file called without execute_start' into ret_code, ret_note;
        return;
    end if;
    if pgq_node.is_root_node(i_queue_name) then
        perform pgq.insert_event(i_queue_name, 'EXECUTE', _execute.execute_sql, i_file_name, _execute.execute_attrs, null, null);
    end if;
    select 200, 'Execute finished: ' || i_file_name into ret_code, ret_note;
end
$$;
