-- Refuses names for a consumer that would get in the way of somebody else's: members and lanes of a consumer are called after it,
-- and a consumer that was evicted comes back under its name.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_consumer_name: the name.
-- Errors: empty name (invalid_parameter_value); insufficient_privilege.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_consumer_name(i_queue_id int4, i_queue_name text, i_consumer_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _other record;
begin
    if coalesce(i_consumer_name, '') = '' then
        raise exception 'a consumer needs a name' using errcode = 'invalid_parameter_value', hint = 'Give one.';
    end if;

    for _other in
        select c.co_name as name, o.owner, false as evicted
        from pgq.subscription s
        join pgq.consumer c on c.co_id = s.sub_consumer
        left join trunkline.consumer_owner o on o.sub_queue = s.sub_queue and o.sub_consumer = s.sub_consumer
        where s.sub_queue = i_queue_id
          and starts_with(i_consumer_name, c.co_name || '.')
        union all
        select e.consumer, e.owner, true
        from trunkline.eviction e
        where e.queue = i_queue_name and e.consumer = i_consumer_name
    loop
        if not trunkline._may_act_for(_other.owner, i_queue_id) then
            raise exception 'permission denied for consumer name "%" on queue "%"', i_consumer_name, i_queue_name
                using errcode = 'insufficient_privilege',
                      detail = case when _other.evicted
                          then format('It belongs to %s, as a consumer that was evicted.', coalesce(_other.owner, 'nobody'))
                          else format('It could be a member of a consumer of somebody else: "%s" is taken.', _other.name) end,
                      hint = 'Choose another name.';
        end if;
    end loop;
end
$$;
