-- The sequences of a set as this node knows them.
--
-- May be called by: londiste_reader, londiste_writer.
create or replace function londiste.get_seq_list(
    i_queue_name text, out seq_name text, out last_value int8, out local bool)
returns setof record
language plpgsql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select s.seq_name, s.last_value, s.local
    from londiste.seq_info s
    where s.queue_name = i_queue_name
    order by s.nr, s.seq_name;
end
$$;
