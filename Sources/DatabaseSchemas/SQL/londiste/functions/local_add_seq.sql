-- Lets this node keep a sequence. On the root it becomes part of the set; elsewhere it must be part of it, and gets the value that was
-- published last.
--
-- Returns: 200; 201 it was added; 400 no such sequence here, or not in the set.
-- Errors: the queue has no node here.
-- May be called by: londiste_writer.
create or replace function londiste.local_add_seq(
    i_queue_name text, i_seq_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _name text := londiste.make_fqname(i_seq_name);
    _is_root bool;
    _seq londiste.seq_info;
begin
    _is_root := pgq_node.is_root_node(i_queue_name);
    select s.* into _seq from londiste.seq_info s where s.queue_name = i_queue_name and s.seq_name = _name;
    if londiste.find_seq_oid(_name) is null or (_seq.seq_name is null and not _is_root) then
        select 400, 'Sequence not found: ' || _name into ret_code, ret_note;
        return;
    elsif _seq.local then
        select 201, 'Sequence already added: ' || _name into ret_code, ret_note;
        return;
    end if;
    if _is_root then
        insert into londiste.seq_info as s (queue_name, seq_name, local, last_value)
        values (i_queue_name, _name, true, 0)
        on conflict (queue_name, seq_name) do update set local = true;
        perform londiste._publish_seq(i_queue_name, _name, 10000);
    else
        update londiste.seq_info s set local = true where s.queue_name = i_queue_name and s.seq_name = _name;
        perform londiste._raise_seq(_name, _seq.last_value);
    end if;
    select 200, 'Sequence added: ' || _name into ret_code, ret_note;
end
$$;
