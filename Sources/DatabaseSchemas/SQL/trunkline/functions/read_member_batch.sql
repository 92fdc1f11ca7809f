-- Reads the events of the open batch of an attached member, for callers that may not read the event tables themselves.
--
-- Parameters: i_queue_name, i_consumer_name, i_member, i_lease: see attach_member(); i_batch_id: the open batch.
-- Returns: the events, ordered by id; columns as of pgq.get_batch_events().
-- Errors: those of _check_consumer_right(); lost lease (TL001); the batch is not open (object_not_in_prerequisite_state).
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.read_member_batch(
    i_queue_name text,
    i_consumer_name text,
    i_member text,
    i_lease bigint,
    i_batch_id bigint,
    out ev_id bigint,
    out ev_time timestamptz,
    out ev_txid bigint,
    out ev_retry int4,
    out ev_type text,
    out ev_data text,
    out ev_extra1 text,
    out ev_extra2 text,
    out ev_extra3 text,
    out ev_extra4 text)
returns setof record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform trunkline._check_consumer_right(i_queue_name, i_consumer_name);
    perform trunkline._check_member_batch(
        trunkline._check_member(i_queue_name, i_consumer_name, i_member, i_lease, false), i_batch_id);
    return query execute pgq.batch_event_sql(i_batch_id);
end
$$;
