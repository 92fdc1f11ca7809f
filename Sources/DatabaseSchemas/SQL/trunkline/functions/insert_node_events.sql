-- Puts the events of pg_temp.trunkline_node_events, see stage_node_events(), into the queue of this database's branch, with the ids,
-- times and all fields that they have at the provider. The queue refuses inserts from everybody else.
--
-- Parameters: i_queue_name, i_lease: see claim_node().
-- Returns: the number of events.
-- Errors: another process claimed the node (TL001); the node is no branch (object_not_in_prerequisite_state).
-- May be called by: pgq_admin, in a transaction that called advance_node().
create or replace function trunkline.insert_node_events(i_queue_name text, i_lease bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _slot int4;
    _count int8;
begin
    perform trunkline.stage_node_events();
    perform trunkline._check_node_lease(i_queue_name, i_lease);
    -- the transaction id comes before the slot, see pgq._insert_target()
    perform txid_current();
    select q.* into _queue from pgq.queue q join pgq_node.node_info n on n.queue_name = q.queue_name
    where q.queue_name = i_queue_name and n.node_type = 'branch';
    if not found then
        raise exception 'this database is no branch of queue "%"', i_queue_name
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    _slot := pg_sequence_last_value((_queue.queue_data_pfx || '_slot_seq')::regclass) % 1000000; -- see pgq._close_queue()
    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_retry, ev_queue, ev_slot, ev_type, ev_data,
                                    ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    select s.ev_id, s.ev_time, txid_current(), s.ev_retry, _queue.queue_id, _slot, s.ev_type, s.ev_data,
           s.ev_extra1, s.ev_extra2, s.ev_extra3, s.ev_extra4
    from pg_temp.trunkline_node_events s;
    get diagnostics _count = row_count;
    return _count;
end
$$;
