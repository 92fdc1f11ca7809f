-- Called in the target: puts the events of pg_temp.trunkline_staged, see stage_events(), into their queues, as part of the
-- calling transaction. The events of a queue get new ids in the order in which they were staged, and keep all other fields.
--
-- One statement for each queue: several times faster than pgq.insert_event() for each event.
--
-- Parameters: make_queues: whether to create queues that do not exist.
-- Returns: for each queue its name, the number of events and the source_id of the first; with the empty name or null
--     those that go nowhere.
-- Errors: no such queue (undefined_object); the caller may not produce into it, or not create it (insufficient_privilege); those
--     of pgq._insert_target() and pgq._count_tx_events().
-- May be called by: everybody, for queues that he may produce into.
create or replace function trunkline.insert_staged_events(make_queues bool default false)
returns table (queue text, events bigint, first_event bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _target record;
begin
    perform trunkline.stage_events();
    for queue, events, first_event in
        select s.target_queue, count(*), min(s.source_id) from pg_temp.trunkline_staged s group by 1 order by 3, 1
    loop
        if insert_staged_events.queue <> '' then
            if make_queues and not exists (select 1 from pgq.queue q where q.queue_name = insert_staged_events.queue) then
                perform trunkline._check_queue_right(null, insert_staged_events.queue, 'all');
                perform pgq.create_queue(insert_staged_events.queue);
            end if;
            perform trunkline._find_queue(insert_staged_events.queue, 'produce');
            _target := pgq._insert_target(insert_staged_events.queue);
            if _target.per_tx_limit is not null then
                perform pgq._count_tx_events(
                    _target.queue_id, insert_staged_events.queue, _target.per_tx_limit, insert_staged_events.events);
            end if;
            -- A scan of a temporary table comes in the order of its rows: the server neither shares nor splits it.
            insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot, ev_type, ev_data,
                                            ev_extra1, ev_extra2, ev_extra3, ev_extra4)
            select nextval(_target.event_seq), coalesce(s.ev_time, now()), txid_current(), _target.queue_id, _target.slot,
                   s.ev_type, s.ev_data, s.ev_extra1, s.ev_extra2, s.ev_extra3, s.ev_extra4
            from pg_temp.trunkline_staged s
            where s.target_queue = insert_staged_events.queue;
        end if;
        return next;
    end loop;
end
$$;
