-- Tells a ticker that waits for it that an event will be due soon. The ticker looks for itself every second, so what is due later
-- need not be announced.
--
-- Parameters: i_due: when the event is due.
-- Side effect: a notification on channel trunkline_due, when the transaction commits.
-- May be called by: functions of this schema only.
create or replace function trunkline._announce_due(i_due timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if i_due < clock_timestamp() + interval '2 seconds'
        and extract(epoch from i_due) * 1000000 < pg_sequence_last_value('trunkline.due_wake_seq'::regclass)
    then
        perform pg_notify('trunkline_due', '');
    end if;
end
$$;
