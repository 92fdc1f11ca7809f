-- The consumer's answer that it has seen its paused flag and its provider.
--
-- Returns: 200; 404.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.set_consumer_uptodate(
    i_queue_name text, i_consumer_name text, i_uptodate bool, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq_node.local_state l set uptodate = i_uptodate
    where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
    if found then
        select 200, 'Consumer uptodate = ' || i_uptodate::int4 into ret_code, ret_note;
    else
        select 404, format('Consumer not known: %s/%s', i_queue_name, i_consumer_name) into ret_code, ret_note;
    end if;
end
$$;
