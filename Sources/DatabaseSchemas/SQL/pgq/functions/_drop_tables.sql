-- Drops the event tables and sequences of a queue, if the locks can be had within a moment.
--
-- Taking a table out of pgq.event_template needs an exclusive lock on it, which waits for everybody who writes events in
-- any queue, and holds up those who come after. So it is tried for 50 ms only.
--
-- Parameters: i_prefix: queue_data_pfx of the queue.
-- Returns: true if they are gone; false if somebody is using them. Then, at least, they were emptied if possible.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._drop_tables(i_prefix text)
returns boolean
language plpgsql
as $$
declare
    _timeout text := current_setting('lock_timeout');
    _dropped bool := false;
begin
    if to_regclass(i_prefix) is not null then
        perform set_config('lock_timeout', '50ms', true);
        begin
            -- the queue's own tables first: waiting for these does not disturb other queues
            execute format('truncate %s', i_prefix);
            for _try in 1 .. 4 loop
                begin
                    lock table pgq.event_template in access exclusive mode;
                    execute format('drop table %s', i_prefix);
                    _dropped := true;
                    exit;
                exception
                    when lock_not_available or deadlock_detected then null;
                end;
            end loop;
        exception
            when lock_not_available or deadlock_detected then null;
        end;
        perform set_config('lock_timeout', _timeout, true);
        if not _dropped then
            return false;
        end if;
    end if;

    execute format('drop sequence if exists %1$s_id_seq, %1$s_tick_seq, %1$s_slot_seq', i_prefix);
    return true;
end
$$;
