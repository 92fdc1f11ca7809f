-- Takes over a value that the root published. The sequence itself is moved if it is replicated here.
--
-- Returns: 200, also if attributes of the node leave it out; 402 this is the root; 404 no such set.
-- May be called by: londiste_writer.
create or replace function londiste.global_update_seq(
    i_queue_name text, i_seq_name text, i_value int8, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
    _is_local bool;
begin
    _type := londiste._node_type(i_queue_name);
    if _type is null then
        select 404, 'Set not found: ' || i_queue_name into ret_code, ret_note;
        return;
    elsif _type = 'root' then
        select 402, 'Must not run on root node' into ret_code, ret_note;
        return;
    end if;
    if not londiste._is_wanted(i_queue_name, 'seqs', londiste.make_fqname(i_seq_name)) then
        select 200, 'Sequence ignored: ' || londiste.make_fqname(i_seq_name) into ret_code, ret_note;
        return;
    end if;
    insert into londiste.seq_info as s (queue_name, seq_name, last_value)
    values (i_queue_name, londiste.make_fqname(i_seq_name), i_value)
    on conflict (queue_name, seq_name) do update set last_value = excluded.last_value
    returning s.local into _is_local;
    if _is_local then
        perform londiste._raise_seq(londiste.make_fqname(i_seq_name), i_value);
    end if;
    select 200, 'Sequence updated' into ret_code, ret_note;
end
$$;
