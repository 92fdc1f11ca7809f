-- Called in the target, in the transaction of a batch: puts an event aside that nothing can be made of.
--
-- Parameters: as claim_position(); then the event's fields; i_reason: what is wrong with it.
-- Returns: number of the entry in trunkline.rejected_event.
-- May be called by: the owner of the schema and roles it is granted to, see grant_apply().
create or replace function trunkline.reject_event(
    i_origin_id uuid, i_queue_name text, i_consumer_name text, i_ev_id bigint, i_ev_time timestamptz, i_ev_type text,
    i_ev_data text, i_ev_extra1 text, i_ev_extra2 text, i_ev_extra3 text, i_ev_extra4 text, i_reason text)
returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into trunkline.rejected_event (origin_id, queue_name, consumer_name, ev_id, ev_time, ev_type, ev_data, ev_extra1,
                                          ev_extra2, ev_extra3, ev_extra4, reason)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    returning rejected_id
$$;
