-- Publishes new values of the sequences that come close to what was published.
--
-- Parameters: i_buffer: how many steps before that.
-- Returns: 100; 402 this node is not the root; 404 no such node.
-- May be called by: londiste_writer, pgq_admin.
create or replace function londiste.root_check_seqs(
    i_queue_name text, i_buffer int8, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
begin
    _type := londiste._node_type(i_queue_name);
    if _type is null then
        select 404, 'Queue not found: ' || i_queue_name into ret_code, ret_note;
        return;
    elsif _type <> 'root' then
        select 402, 'Not a root node' into ret_code, ret_note;
        return;
    end if;
    perform londiste._publish_seq(i_queue_name, s.seq_name, i_buffer)
    from londiste.seq_info s
    where s.queue_name = i_queue_name and s.local;
    select 100, 'Sequences updated' into ret_code, ret_note;
end
$$;

-- The same with a buffer of 10000 steps.
create or replace function londiste.root_check_seqs(i_queue_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select s.ret_code, s.ret_note into ret_code, ret_note from londiste.root_check_seqs(i_queue_name, 10000) s;
end
$$;
