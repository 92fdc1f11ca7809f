-- Takes a sequence out of the set on this node. On the root, all nodes are told.
--
-- Returns: 200; 400 it is not in the set.
-- Events: londiste.remove-seq: ev_data sequence.
-- May be called by: londiste_writer.
create or replace function londiste.global_remove_seq(
    i_queue_name text, i_seq_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from londiste.seq_info s
    where s.queue_name = i_queue_name and s.seq_name = londiste.make_fqname(i_seq_name);
    if not found then
        select 400, 'Sequence not found: ' || londiste.make_fqname(i_seq_name) into ret_code, ret_note;
        return;
    end if;
    if pgq_node.is_root_node(i_queue_name) then
        perform londiste.root_notify_change(i_queue_name, 'londiste.remove-seq', londiste.make_fqname(i_seq_name));
    end if;
    select 200, 'Sequence removed: ' || londiste.make_fqname(i_seq_name) into ret_code, ret_note;
end
$$;
