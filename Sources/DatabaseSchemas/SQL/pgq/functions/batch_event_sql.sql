-- Query that reads the events of a batch, ordered by event id; see _batch_event_query.sql.
--
-- Parameters: x_batch_id: the batch.
-- Returns: text of a query without parameters; its columns are those of pgq.get_batch_events().
-- Errors: no such batch.
-- May be called by: pgq_reader.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq.batch_event_sql(x_batch_id bigint)
returns text
language plpgsql
as $$
begin
    return pgq._batch_event_query(
            x_batch_id,
            'ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4')
        || ' order by 1';
end
$$;
