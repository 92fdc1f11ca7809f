-- Refuses names of receivers that cannot be.
--
-- Parameters: i_sub: the subscription of the consumer; i_queue_name, i_consumer_name: its names; i_member: the receiver; null: none.
-- Errors: the consumer is a lane or a member itself, or the name is empty or that of a lane (invalid_parameter_value).
-- May be called by: functions of this schema only.
create or replace function trunkline._check_member_name(
    i_sub pgq.subscription, i_queue_name text, i_consumer_name text, i_member text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if i_sub.sub_lane > 0 or i_sub.sub_last_tick is null then
        raise exception '"%" on queue "%" is part of another consumer', i_consumer_name, i_queue_name
            using errcode = 'invalid_parameter_value',
                  hint = 'Receive in the name of the consumer, and give the name of the receiver as member.';
    end if;
    if i_member = '' or i_member ~ '^lane-[0-9]+$' then
        raise exception 'a member cannot be called "%"', i_member
            using errcode = 'invalid_parameter_value', hint = 'Lanes of consumers are called so; choose another name.';
    end if;
end
$$;
