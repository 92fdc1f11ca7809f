-- Whether events of the queue are made in this database.
--
-- Errors: the queue has no node here.
-- May be called by: everybody.
create or replace function pgq_node.is_root_node(i_queue_name text)
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _result bool;
begin
    select n.node_type = 'root' into _result from pgq_node.node_info n where n.queue_name = i_queue_name;
    if _result is null then
        raise exception 'queue does not exist: %', i_queue_name using errcode = 'undefined_object';
    end if;
    return _result;
end
$$;
