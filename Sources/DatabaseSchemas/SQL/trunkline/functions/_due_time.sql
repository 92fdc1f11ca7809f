-- When an event is to be delivered.
--
-- Parameters: i_delay, i_deliver_at: what the producer asks for, at most one of them; i_now: the time.
-- Returns: the time; null: at once.
-- Errors: both are given, or the time is infinite (invalid_parameter_value).
-- May be called by: functions of this schema only.
create or replace function trunkline._due_time(i_delay interval, i_deliver_at timestamptz, i_now timestamptz)
returns timestamptz
language plpgsql
immutable
as $$
declare
    _due timestamptz;
begin
    if i_delay is null and i_deliver_at is null then
        return null;
    end if;
    if i_delay is not null and i_deliver_at is not null then
        raise exception 'delay and deliver_at exclude each other'
            using errcode = 'invalid_parameter_value', hint = 'Give one of them.';
    end if;
    _due := coalesce(i_deliver_at, i_now + i_delay);
    if not isfinite(_due) then
        raise exception 'an event cannot be delivered at %', _due
            using errcode = 'invalid_parameter_value', hint = 'Give a time that will come.';
    end if;
    return case when _due > i_now then _due end;
end
$$;
