-- Decides about a captured DDL command that is held on this node: its worker goes on when it comes to it again.
--
-- Parameters: i_command: the name that the worker's error tells; i_decision: apply or skip.
-- Errors: no node.
-- May be called by: pgq_admin.
create or replace function trunkline.decide_ddl(i_queue_name text, i_command text, i_decision text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select 1 from pgq_node.node_info n where n.queue_name = i_queue_name) then
        raise exception 'this database is no node of queue "%"', i_queue_name
            using errcode = 'undefined_object', hint = 'Decide on the node that stopped.';
    end if;
    insert into trunkline.ddl_decision as d (queue_name, command_name, decision)
    values (i_queue_name, i_command, i_decision)
    on conflict (queue_name, command_name) do update
    set decision = excluded.decision, decided_at = now(), decided_by = session_user;
end
$$;
