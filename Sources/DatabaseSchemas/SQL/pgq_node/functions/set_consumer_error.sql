-- Notes what stopped a cascaded consumer, for the status.
--
-- Returns: 100; 101 the consumer is not known.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.set_consumer_error(
    i_queue_name text, i_consumer_name text, i_error_msg text, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq_node.local_state l set cur_error = i_error_msg
    where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
    if found then
        select 100, format('Consumer %s error = %s', i_consumer_name, i_error_msg) into ret_code, ret_note;
    else
        select 101, format('Consumer not known, ignoring: %s/%s', i_queue_name, i_consumer_name) into ret_code, ret_note;
    end if;
end
$$;
