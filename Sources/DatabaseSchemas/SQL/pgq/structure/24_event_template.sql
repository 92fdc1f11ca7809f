-- Root of all event tables, partitioned by queue, and below that by slot (the tables that rotate):
--     pgq.event_template -> pgq.event_<queue id> -> pgq.event_<queue id>_<slot>
-- A static "insert into pgq.event_template" is thereby routed to the right table without dynamic SQL.
-- The last two columns are the routing keys; a table of one queue carries them as constant defaults.
create table if not exists pgq.event_template (
    ev_id     int8 not null,
    ev_time   timestamptz not null,

    ev_txid   int8 not null default txid_current(),
    ev_owner  int4,
    ev_retry  int4,

    ev_type   text,
    ev_data   text,
    ev_extra1 text,
    ev_extra2 text,
    ev_extra3 text,
    ev_extra4 text,

    ev_queue  int4 not null,
    ev_slot   int4 not null
) partition by list (ev_queue);
