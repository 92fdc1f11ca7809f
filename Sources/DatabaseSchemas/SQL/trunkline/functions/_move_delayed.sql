-- Moves due events of one queue into the queue, the longest due first.
--
-- The event keeps its id. Its ev_time is the time when it was due, not when it was sent: to consumers it happens then, and lag
-- and time to live count from there. queue_per_tx_limit was applied when it was sent.
--
-- Parameters: i_queue_id, i_queue_name: the queue; i_now: the time; i_most: so many events at most;
--     i_event_id: only this event, null: any.
-- Returns: number of events moved. Those that another transaction is moving or cancelling at the moment are left to it.
-- Errors: see pgq._insert_target(), and whatever the event tables raise.
-- May be called by: functions of this schema only.
create or replace function trunkline._move_delayed(
    i_queue_id int4, i_queue_name text, i_now timestamptz, i_most int4, i_event_id int8)
returns int4
language plpgsql
set search_path = pg_catalog, pg_temp
-- a plan that was made while the table was empty stays in use: it must follow the index whatever it believes
set enable_sort = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    _target record;
    _places tid[];
    _moved int4;
begin
    _target := pgq._insert_target(i_queue_name);
    -- one value of the event sequence: that is how the ticker sees that there is something new
    perform nextval(_target.event_seq);
    select array_agg(d.place) into _places
    from (
        select e.ctid as place
        from trunkline.delayed_event e
        where e.queue_id = i_queue_id and e.next_try <= i_now and (i_event_id is null or e.event_id = i_event_id)
        order by e.next_try
        limit i_most
        for update skip locked
    ) d;
    -- rows that are locked stay where they are, and going there directly needs no estimate of anything
    with moved as (
        delete from trunkline.delayed_event d
        where d.ctid = any (_places)
        returning d.event_id, d.deliver_at, d.type, d.payload, d.headers, d.key
    )
    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot, ev_type, ev_data, ev_extra3, ev_extra4)
    select m.event_id, m.deliver_at, txid_current(), _target.queue_id, _target.slot, m.type, m.payload, m.headers, m.key
    from moved m;
    get diagnostics _moved = row_count;
    return _moved;
end
$$;
