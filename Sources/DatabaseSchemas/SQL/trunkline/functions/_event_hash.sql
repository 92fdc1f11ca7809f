-- Hash of an event that chooses its lane: of the key, or else of the id.
--
-- Parameters: i_event: the event.
-- May be called by: functions of this schema only.
create or replace function trunkline._event_hash(i_event pgq.event_template)
returns bigint
language sql
immutable
as $$
    select pg_catalog.hashtextextended(coalesce((i_event).ev_extra4, (i_event).ev_id::text), 0)
$$;
