-- Sets what becomes of captured DDL commands of one class. On the root of a set without policies, the other classes are held from then on.
--
-- Parameters: i_queue_name: the set, which has a node here; i_class: see ddl_policy, null: all; i_policy: apply, hold, ignore; null: no
--     policy of this node. The root of a set without any captures nothing.
-- Returns: number of classes.
-- Errors: no node, unknown class or policy.
-- May be called by: pgq_admin.
create or replace function trunkline.set_ddl_policy(i_queue_name text, i_class text, i_policy text)
returns int4
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
    _classes constant text[] := '{add column,drop column,alter type,index,constraint,other}';
    _count int4;
begin
    select n.node_type into _type from pgq_node.node_info n where n.queue_name = i_queue_name;
    if not found then
        raise exception 'this database is no node of queue "%"', i_queue_name
            using errcode = 'undefined_object', hint = 'Create the node first.';
    end if;
    if i_class <> all (_classes) then
        raise exception 'there is no class "%" of changes', i_class
            using errcode = 'invalid_parameter_value', hint = 'There are: ' || array_to_string(_classes, ', ') || '.';
    end if;
    if i_policy is null then
        delete from trunkline.ddl_policy p where p.queue_name = i_queue_name and (i_class is null or p.change_class = i_class);
        get diagnostics _count = row_count;
        return _count;
    end if;
    insert into trunkline.ddl_policy as p (queue_name, change_class, policy)
    select i_queue_name, c.name, i_policy from unnest(_classes) c (name) where i_class is null or c.name = i_class
    on conflict (queue_name, change_class) do update set policy = excluded.policy;
    get diagnostics _count = row_count;
    if _type = 'root' then
        insert into trunkline.ddl_policy (queue_name, change_class, policy)
        select i_queue_name, c.name, 'hold' from unnest(_classes) c (name)
        on conflict (queue_name, change_class) do nothing;
    end if;
    return _count;
end
$$;
