-- Lets a cascaded consumer read from another node. It confirms by setting uptodate.
--
-- Returns: 200; 404 unknown consumer or node.
-- May be called by: pgq_writer, pgq_admin.
create or replace function pgq_node.change_consumer_provider(
    i_queue_name text,
    i_consumer_name text,
    i_new_provider text,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select 1 from pgq_node.node_location l where l.queue_name = i_queue_name and l.node_name = i_new_provider)
    then
        select 404, 'New node not found: ' || i_new_provider into ret_code, ret_note;
        return;
    end if;
    update pgq_node.local_state l set provider_node = i_new_provider, uptodate = false
    where l.queue_name = i_queue_name and l.consumer_name = i_consumer_name;
    if found then
        select 200, 'Consumer provider node set to : ' || i_new_provider into ret_code, ret_note;
    else
        select 404, format('Unknown consumer: %s/%s', i_queue_name, i_consumer_name) into ret_code, ret_note;
    end if;
end
$$;
