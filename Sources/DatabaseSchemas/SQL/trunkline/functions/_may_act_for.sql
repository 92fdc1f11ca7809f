-- Looks whether a role may use what belongs to a consumer. The right to consume is checked elsewhere.
--
-- Parameters: i_role: who; i_owner: role that owns the consumer; null: nobody; i_queue_id: the queue.
-- Returns: whether it may: as the owner or a member of it, with pgq_reader, or by managing the queue.
-- May be called by: functions of this schema only.
create or replace function trunkline._may_act_for(i_role name, i_owner name, i_queue_id int4)
returns bool
language plpgsql
as $$
begin
    if i_role = i_owner
        or pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole(pg_catalog.quote_ident(i_owner))::oid, 'usage')
        or pg_catalog.pg_has_role(i_role, pg_catalog.to_regrole('pgq_reader')::oid, 'usage')
    then
        return true;
    end if;
    return trunkline._has_queue_right(i_role, i_queue_id, 'manage');
end
$$;

-- The same for the caller.
create or replace function trunkline._may_act_for(i_owner name, i_queue_id int4)
returns bool
language plpgsql
as $$
begin
    return trunkline._may_act_for(trunkline._caller(), i_owner, i_queue_id);
end
$$;
