-- Notes how far a cascaded consumer is, in the transaction of its work. Its last error is forgotten.
--
-- Returns: 100; 404.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.set_consumer_completed(
    i_queue_name text, i_consumer_name text, i_tick_id int8, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq_node.local_state l set last_tick_id = i_tick_id, cur_error = null
    where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
    if found then
        select 100, format('Consumer %s completed tick = %s', i_consumer_name, i_tick_id) into ret_code, ret_note;
    else
        select 404, format('Consumer not known: %s/%s', i_queue_name, i_consumer_name) into ret_code, ret_note;
    end if;
end
$$;
