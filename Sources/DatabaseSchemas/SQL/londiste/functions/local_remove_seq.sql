-- Ends the replication of a sequence on this node; on the root it is taken out of the set.
--
-- Returns: 200; 400 not in the set (on the root); 404 not replicated here.
-- Errors: the queue has no node here.
-- May be called by: londiste_writer.
create or replace function londiste.local_remove_seq(
    i_queue_name text, i_seq_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    if pgq_node.is_root_node(i_queue_name) then
        select g.ret_code, g.ret_note into ret_code, ret_note from londiste.global_remove_seq(i_queue_name, i_seq_name) g;
        return;
    end if;
    update londiste.seq_info s set local = false
    where s.queue_name = i_queue_name and s.seq_name = londiste.make_fqname(i_seq_name) and s.local;
    if found then
        select 200, 'Sequence removed: ' || londiste.make_fqname(i_seq_name) into ret_code, ret_note;
    else
        select 404, 'Sequence not found: ' || londiste.make_fqname(i_seq_name) into ret_code, ret_note;
    end if;
end
$$;
