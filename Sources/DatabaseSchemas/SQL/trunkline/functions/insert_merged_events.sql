-- Puts the events of pg_temp.trunkline_node_events, see stage_node_events(), into the combined queue that a merging leaf of this database
-- fills, in their order and with ids of that queue; without what the nodes of the leaf's queue tell each other. Then says
-- there how far the leaf's queue has come, for the branches of the combined queue.
--
-- Parameters: i_queue_name, i_lease: see claim_node(); i_combined_queue: the combined queue; i_tick_id: the end of the batch.
-- Returns: the number of events.
-- Errors: another process claimed the node (TL001); the node does not fill this queue, or that takes no events here, as when this
--     database is not, or no longer, its root (object_not_in_prerequisite_state); those of pgq._count_tx_events().
-- Events: pgq.tick-id: ev_data tick, ev_extra1 queue of the leaf.
-- May be called by: pgq_admin, in a transaction that called advance_node().
create or replace function trunkline.insert_merged_events(
    i_queue_name text, i_lease bigint, i_combined_queue text, i_tick_id bigint)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _target record;
    _count int8;
begin
    perform trunkline.stage_node_events();
    perform trunkline._check_node_lease(i_queue_name, i_lease);
    if not exists (
        select 1 from pgq_node.node_info n where n.queue_name = i_queue_name and n.combined_queue = i_combined_queue)
    then
        raise exception 'the node of queue "%" does not merge into queue "%"', i_queue_name, i_combined_queue
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    _target := pgq._insert_target(i_combined_queue);
    -- Workers write as replicas, which are not refused there. The transaction id was taken before, see pgq._close_queue().
    if pgq._is_closed(i_combined_queue) or exists (
        select 1 from pgq.queue q where q.queue_id = _target.queue_id and q.queue_disable_insert)
    then
        raise exception 'Insert into queue disallowed'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('Queue "%s" takes no events here: its root is another node, or is about to be.', i_combined_queue),
                  hint = 'The worker goes on by itself when it is known which.';
    end if;
    insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot, ev_type, ev_data,
                                    ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    select nextval(_target.event_seq), s.ev_time, txid_current(), _target.queue_id, _target.slot, s.ev_type, s.ev_data,
           s.ev_extra1, s.ev_extra2, s.ev_extra3, s.ev_extra4
    from (select * from pg_temp.trunkline_node_events e
          where e.ev_type is null or e.ev_type !~ '^(pgq|londiste)[.]' order by e.ev_id offset 0) s;
    get diagnostics _count = row_count;
    if _target.per_tx_limit is not null then
        perform pgq._count_tx_events(_target.queue_id, i_combined_queue, _target.per_tx_limit, _count);
    end if;
    perform pgq.insert_event(i_combined_queue, 'pgq.tick-id', i_tick_id::text, i_queue_name, null, null, null);
    return _count;
end
$$;
