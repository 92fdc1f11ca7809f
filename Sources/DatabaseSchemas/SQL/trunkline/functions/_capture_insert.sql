-- The INSERT into the queue around a query that makes events.
--
-- Straight: queue and sequences are constants, and only the current table is looked up; inserts nothing if the queue is not
-- plain, see queue_is_plain(). Otherwise pgq._insert_target() is
-- asked, in a CTE that is evaluated when the first event needs it and once. Either way the transaction id is taken before the
-- first event id (see pgq.insert_event()) and before the slot is read, and a statement that makes no event neither takes one nor touches the queue.
--
-- Parameters: i_definition: see _capture_definition(); i_query: gives ev_type, ev_data, ev_extra2, ev_extra3 in the order
--     in which the events are to be numbered; i_straight: which way.
-- May be called by: internal.
create or replace function trunkline._capture_insert(i_definition jsonb, i_query text, i_straight bool)
returns text
language sql
immutable
as $$
    select pg_catalog.format(
        case when i_straight then
$sql$insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_queue, ev_slot, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3)
select pg_catalog.nextval((select %4$L::pg_catalog.regclass where pg_catalog.txid_current() is not null)), pg_catalog.now(), pg_catalog.txid_current(), %5$s,
    (select pg_catalog.pg_sequence_last_value(%6$L)::pg_catalog.int4 where pg_catalog.txid_current() is not null),
    e.ev_type, e.ev_data, %2$L, e.ev_extra2, e.ev_extra3
from (%3$s) as e
where trunkline.queue_is_plain(%5$s, %1$L)$sql$
        else
$sql$with target as materialized (select * from pgq._insert_target(%1$L))
insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_owner, ev_queue, ev_slot,
    ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3)
select pg_catalog.nextval((select event_seq from target)), pg_catalog.now(), pg_catalog.txid_current(),
    case when (select per_tx_limit from target) is not null then
        trunkline._count_event((select queue_id from target), %1$L, (select per_tx_limit from target)) end,
    (select queue_id from target), (select slot from target),
    e.ev_type, e.ev_data, %2$L, e.ev_extra2, e.ev_extra3
from (%3$s) as e$sql$ end,
        i_definition ->> 'queue',
        coalesce(i_definition #>> '{named,0}', i_definition ->> 'schema') || '.'
            || coalesce(i_definition #>> '{named,1}', i_definition ->> 'name'), i_query,
        i_definition ->> 'event_seq', coalesce(i_definition ->> 'queue_id', 'null'), i_definition ->> 'slot_seq')
$$;
