-- Makes a table known to the set on this node. On a leaf that fills a combined queue, to that one, too.
--
-- Returns: 200, also if it was known, or if attributes of the node leave it out; 400 no such queue.
-- May be called by: londiste_writer.
create or replace function londiste.global_add_table(
    i_queue_name text, i_table_name text, out ret_code int4, out ret_note text)
returns record
language plpgsql
strict
set search_path = pg_catalog, pg_temp
as $$
declare
    _combined text;
begin
    select n.combined_queue into _combined from pgq_node.node_info n where n.queue_name = i_queue_name;
    if not found then
        select 400, 'No such queue: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    if not londiste._is_wanted(i_queue_name, 'tables', londiste.make_fqname(i_table_name)) then
        select 200, 'Table ignored: ' || londiste.make_fqname(i_table_name) into ret_code, ret_note;
        return;
    end if;
    insert into londiste.table_info (queue_name, table_name)
    values (i_queue_name, londiste.make_fqname(i_table_name))
    on conflict (queue_name, table_name) do nothing;
    select 200, case when found then 'Table added: ' || i_table_name
                     else 'Table already added: ' || londiste.make_fqname(i_table_name) end
    into ret_code, ret_note;
    if _combined is not null then
        perform londiste.global_add_table(_combined, i_table_name);
    end if;
end
$$;
