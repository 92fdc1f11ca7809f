-- Looks whether the caller may use what belongs to a consumer of this owner. The right to consume is checked elsewhere.
--
-- Parameters: i_owner: role that owns the consumer; null: nobody; i_queue_id: the queue.
-- Returns: whether it may.
-- May be called by: functions of this schema only.
create or replace function trunkline._may_act_for(i_owner name, i_queue_id int4)
returns bool
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _caller name := trunkline._caller();
begin
    return coalesce(pg_has_role(_caller, to_regrole(quote_ident(i_owner))::oid, 'usage'), false)
        or coalesce(pg_has_role(_caller, to_regrole('pgq_reader')::oid, 'usage'), false)
        or trunkline._has_queue_right(_caller, i_queue_id, 'manage');
end
$$;
