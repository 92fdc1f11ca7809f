-- Refuses a batch that the member does not work on.
--
-- Parameters: i_member: the subscription of the member; i_batch_id: the batch.
-- Errors: the batch is not open (object_not_in_prerequisite_state).
-- May be called by: functions of this schema only.
create or replace function trunkline._check_member_batch(i_member pgq.subscription, i_batch_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if i_member.sub_batch is distinct from i_batch_id or i_batch_id is null then
        raise exception 'batch % is not the open batch of this member', i_batch_id
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'It was finished already; open the next batch.';
    end if;
end
$$;
