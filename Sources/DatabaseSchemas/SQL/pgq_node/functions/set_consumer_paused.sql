-- Asks a cascaded consumer to stop after its batch, or to go on. It confirms by setting uptodate.
--
-- Returns: 200; 201 it is so already; 404.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.set_consumer_paused(
    i_queue_name text, i_consumer_name text, i_paused bool, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _paused bool;
begin
    select l.paused into _paused from pgq_node.local_state l
    where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name
    for no key update;
    if not found then
        select 404, 'Unknown consumer: ' || i_consumer_name into ret_code, ret_note;
    elsif _paused = i_paused then
        select 201, format('Consumer %s already %s', i_consumer_name, case when i_paused then 'paused' else 'resumed' end)
        into ret_code, ret_note;
    else
        update pgq_node.local_state l set paused = i_paused, uptodate = false
        where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
        select 200, format('Consumer %s tagged as %s', i_consumer_name, case when i_paused then 'paused' else 'resumed' end)
        into ret_code, ret_note;
    end if;
end
$$;
