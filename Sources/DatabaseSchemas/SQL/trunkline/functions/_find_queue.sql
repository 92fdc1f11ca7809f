-- Looks up a queue for a caller that needs a right on it.
--
-- Parameters: i_queue_name: the queue; i_privilege: see _has_queue_right().
-- Returns: id of the queue.
-- Errors: no such queue (undefined_object), null name, insufficient_privilege.
-- May be called by: functions of this schema only.
create or replace function trunkline._find_queue(i_queue_name text, i_privilege text)
returns int4
language plpgsql
as $$
declare
    _id int4;
begin
    select q.queue_id into _id from pgq.queue q where q.queue_name = i_queue_name;
    if not found then
        perform trunkline._check_queue(i_queue_name);
    end if;
    perform trunkline._check_queue_right(_id, i_queue_name, i_privilege);
    return _id;
end
$$;
