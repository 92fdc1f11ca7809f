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
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(i_queue_name, 'consume');
    _sub pgq.subscription;
    _owner name;
begin
    select s.* into _sub
    from pgq.consumer c
    join pgq.subscription s on s.sub_queue = _queue_id and s.sub_consumer = c.co_id
    where c.co_name = i_consumer_name;
    if not found then
        perform trunkline._check_eviction(i_queue_name, i_consumer_name);
        raise exception 'consumer "%" is not registered on queue "%"', i_consumer_name, i_queue_name
            using errcode = 'undefined_object',
                  hint = format('Register it: select trunkline.register(%L, %L), or pgq.register_consumer().',
                                i_queue_name, i_consumer_name);
    end if;

    select o.owner into _owner from trunkline.consumer_owner o
    where o.sub_queue = _sub.sub_queue and o.sub_consumer = _sub.sub_consumer;
    if not trunkline._may_act_for(_owner, _queue_id) then
        raise exception 'permission denied for consumer "%" on queue "%"', i_consumer_name, i_queue_name
            using errcode = 'insufficient_privilege',
                  detail = case when _owner is null
                      then format('It has no owner, so only roles with pgq_reader may use it, and role "%s" has not.',
                                  trunkline._caller())
                      else format('It belongs to role "%s", and role "%s" is not a member of that.',
                                  _owner, trunkline._caller()) end,
                  hint = format('Register a consumer of your own, or ask for: select trunkline.set_consumer(%L, %L, ''owner'', %L);',
                                i_queue_name, i_consumer_name, trunkline._caller());
    end if;
    return _sub;
end
$$;
