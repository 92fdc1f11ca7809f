-- Refuses callers that may not work as this consumer: they need 'consume' on the queue, and must own the consumer unless they may
-- consume from every queue (pgq_reader) or manage this one.
--
-- Parameters: i_queue_name, i_consumer_name: queue and consumer; for members and lanes the consumer that they belong to.
-- Returns: the subscription of the consumer.
-- Errors: no such queue, the consumer is not registered (undefined_object); it was evicted (object_not_in_prerequisite_state);
--     insufficient_privilege.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_consumer_right(i_queue_name text, i_consumer_name text)
returns pgq.subscription
language plpgsql
as $$
declare
    _caller name;
    _owner name;
    _sub pgq.subscription;
begin
    select s.* into _sub
    from pgq.queue q
    join pgq.subscription s on s.sub_queue = q.queue_id
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if not found then
        perform trunkline._find_queue(i_queue_name, 'consume');
        perform trunkline._check_eviction(i_queue_name, i_consumer_name);
        raise exception 'consumer "%" is not registered on queue "%"', i_consumer_name, i_queue_name
            using errcode = 'undefined_object',
                  hint = pg_catalog.format('Register it: select trunkline.register(%L, %L), or pgq.register_consumer().',
                                           i_queue_name, i_consumer_name);
    end if;

    _caller := trunkline._caller();
    if pg_catalog.pg_has_role(_caller, pg_catalog.to_regrole('pgq_reader')::oid, 'usage') then
        return _sub;
    end if;
    perform trunkline._check_queue_right(_sub.sub_queue, i_queue_name, 'consume');
    select o.owner into _owner from trunkline.consumer_owner o
    where o.sub_queue = _sub.sub_queue and o.sub_consumer = _sub.sub_consumer;
    if not trunkline._may_act_for(_caller, _owner, _sub.sub_queue) then
        raise exception 'permission denied for consumer "%" on queue "%"', i_consumer_name, i_queue_name
            using errcode = 'insufficient_privilege',
                  detail = case when _owner is null
                      then pg_catalog.format('It has no owner, so only roles with pgq_reader may use it, and role "%s" is none.',
                                             _caller)
                      else pg_catalog.format('It belongs to role "%s", and role "%s" is not a member of that.', _owner, _caller)
                      end,
                  hint = pg_catalog.format(
                      'Register a consumer of your own, or ask for: select trunkline.set_consumer(%L, %L, ''owner'', %L);',
                      i_queue_name, i_consumer_name, _caller);
    end if;
    return _sub;
end
$$;
