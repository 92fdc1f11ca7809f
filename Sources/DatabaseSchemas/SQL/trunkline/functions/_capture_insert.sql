-- The INSERT into the queue around a query that makes events.
--
-- The CTE is evaluated when the first event needs it and once, so a statement that changed no row neither takes a
-- transaction id nor touches the queue.
--
-- Parameters: i_definition: see _capture_definition(); i_query: gives ev_type, ev_data, ev_extra2, ev_extra3 in the order
--     in which the events are to be numbered.
-- May be called by: internal.
create or replace function trunkline._capture_insert(i_definition jsonb, i_query text)
returns text
language sql
immutable
as $$
    select pg_catalog.format($sql$with target as materialized (select * from pgq._insert_target(%1$L))
insert into pgq.event_template (ev_id, ev_time, ev_txid, ev_owner, ev_queue, ev_slot,
    ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3)
select pg_catalog.nextval((select event_seq from target)), pg_catalog.now(), pg_catalog.txid_current(),
    case when (select per_tx_limit from target) is not null then
        trunkline._count_event((select queue_id from target), %1$L, (select per_tx_limit from target)) end,
    (select queue_id from target), (select slot from target),
    e.ev_type, e.ev_data, %2$L, e.ev_extra2, e.ev_extra3
from (%3$s) as e$sql$,
        i_definition ->> 'queue', (i_definition ->> 'schema') || '.' || (i_definition ->> 'name'), i_query)
$$;
