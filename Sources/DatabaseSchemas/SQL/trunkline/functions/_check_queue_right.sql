-- Refuses callers that may not do this with the queue.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_privilege: see _has_queue_right().
-- Errors: insufficient_privilege, with the grant to ask for.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_queue_right(i_queue_id int4, i_queue_name text, i_privilege text)
returns void
language plpgsql
as $$
declare
    _caller name := trunkline._caller();
begin
    if not trunkline._has_queue_right(_caller, i_queue_id, i_privilege) then
        raise exception 'permission denied for queue "%"', i_queue_name
            using errcode = 'insufficient_privilege',
                  detail = case i_privilege
                      when 'all' then pg_catalog.format('Role "%s" is not a member of pgq_admin.', _caller)
                      else pg_catalog.format('Role "%s" lacks the privilege %s on this queue.', _caller, i_privilege)
                  end,
                  hint = case i_privilege
                      when 'all' then pg_catalog.format('Ask an administrator for: grant pgq_admin to %I;', _caller)
                      else pg_catalog.format('Ask for: select trunkline.grant_queue(%L, %L, %L);', i_queue_name, _caller, i_privilege)
                  end;
    end if;
end
$$;
