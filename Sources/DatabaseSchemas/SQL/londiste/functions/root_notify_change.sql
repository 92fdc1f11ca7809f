-- Tells all nodes of a change of the set, by an event of the root.
--
-- Returns: 1.
-- Errors: this node is not the root (object_not_in_prerequisite_state), or no node at all.
-- May be called by: londiste_writer.
create or replace function londiste.root_notify_change(i_queue_name text, i_ev_type text, i_ev_data text)
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not pgq_node.is_root_node(i_queue_name) then
        raise exception 'only root node can send events'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('Queue "%s" has its root elsewhere.', i_queue_name), hint = 'Do it on the root.';
    end if;
    perform pgq.insert_event(i_queue_name, i_ev_type, i_ev_data);
    return 1;
end
$$;
