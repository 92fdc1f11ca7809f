-- The cascaded consumers whose target is this database.
--
-- May be called by: pgq_reader, pgq_writer, pgq_admin.
create or replace function pgq_node.get_consumer_info(
    i_queue_name text,
    out consumer_name text,
    out provider_node text,
    out last_tick_id int8,
    out paused bool,
    out uptodate bool,
    out cur_error text)
returns setof record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select l.consumer_name, l.provider_node, l.last_tick_id, l.paused, l.uptodate, l.cur_error
    from pgq_node.local_state l
    where l.queue_name = i_queue_name
    order by l.consumer_name;
end
$$;
