-- Query that reads the events of an open batch, for who asks for it: event tables can be read by pgq_reader only, so others get a
-- query that calls read_batch() or read_member_batch().
--
-- Parameters: i_queue_name, i_consumer_name, i_lease: see attach_consumer(); i_member: null, or see attach_member(); i_batch_id:
--     the open batch.
-- Returns: text of a query without parameters; its columns are those of pgq.get_batch_events(), ordered by ev_id.
-- May be called by: functions of this schema only.
create or replace function trunkline._batch_query(
    i_queue_name text, i_consumer_name text, i_member text, i_lease bigint, i_batch_id bigint)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if has_table_privilege(trunkline._caller(), 'pgq.event_template', 'select') then
        return pgq.batch_event_sql(i_batch_id);
    end if;
    return 'select ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4 from '
        || case when i_member is null
               then format('trunkline.read_batch(%L, %L, %s, %s)', i_queue_name, i_consumer_name, i_lease, i_batch_id)
               else format('trunkline.read_member_batch(%L, %L, %L, %s, %s)',
                           i_queue_name, i_consumer_name, i_member, i_lease, i_batch_id)
           end
        || ' order by 1';
end
$$;
