-- What this database is for a queue; null if it is no node of it.
--
-- May be called by: functions of this schema only.
create or replace function londiste._node_type(i_queue_name text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select n.node_type from pgq_node.node_info n where n.queue_name = i_queue_name
$$;
