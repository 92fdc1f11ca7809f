-- Moves events whose time has come from the retry queue into their queues, at most 10 of them, the oldest first.
--
-- Events of a queue that cannot be written to stay where they are, and do not stop the others: those of a queue with
-- queue_disable_insert wait until that is over; one that fails is tried again after a minute.
-- queue_per_tx_limit does not apply.
--
-- Every ticker of PgQ calls this, so delayed events of schema trunkline go the same way, if it is there: whatever ticker runs, they
-- are delivered.
--
-- Returns: number of events moved. Call it again until it is 0.
-- May be called by: pgq_admin.
create or replace function pgq.maint_retry_events()
returns integer
language plpgsql
as $$
declare
    _event record;
    _target record;
    _next int8;
    _moved int4 := 0;
begin
    if to_regprocedure('trunkline.maint_delayed_events()') is not null then
        _moved := trunkline.maint_delayed_events();
    end if;

    lock table pgq.retry_queue in share update exclusive mode;

    for _event in
        select r.*, q.queue_name
        from pgq.retry_queue r
        join pgq.queue q on q.queue_id = r.ev_queue
        where r.ev_retry_after <= now()
          and (not q.queue_disable_insert or current_setting('session_replication_role') = 'replica')
        order by r.ev_retry_after
        limit 10
    loop
        begin
            _target := pgq._insert_target(_event.queue_name);
            _next := nextval(_target.event_seq);
            insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_owner, ev_retry, ev_queue, ev_slot,
                                            ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
            values (_event.ev_id, _event.ev_time, txid_current(), _event.ev_owner, _event.ev_retry,
                    _target.queue_id, _target.slot, _event.ev_type, _event.ev_data,
                    _event.ev_extra1, _event.ev_extra2, _event.ev_extra3, _event.ev_extra4);
            delete from pgq.retry_queue where ev_owner = _event.ev_owner and ev_id = _event.ev_id;
        exception
            when others then
                raise warning 'event % of queue "%" cannot be retried: %', _event.ev_id, _event.queue_name, sqlerrm
                    using errcode = sqlstate;
                update pgq.retry_queue set ev_retry_after = now() + interval '1 minute'
                where ev_owner = _event.ev_owner and ev_id = _event.ev_id;
        end;
        _moved := _moved + 1;
    end loop;
    return _moved;
end
$$;
