-- What trunkline.receive() handed out: one row for each subscription that receives (a consumer, a member of a group, or a lane),
-- changed once by a receive and once by its acknowledgement. Rows of this table are changed by who holds the row of the
-- subscription locked, never otherwise.
create table if not exists trunkline.delivery (
    sub_queue     int4 not null,
    sub_consumer  int4 not null,
    -- the consumer that a member or a lane belongs to, else the same
    main_consumer int4 not null,

    -- of the latest receive; never used twice
    receipt       int8 not null,
    -- the batch that the position is in
    batch_id      int8,
    -- the part that is handed out has the events after the first id and up to the second; null: nothing of the batch is
    after_id      int8 not null default -9223372036854775808,
    upto_id       int8,
    -- nothing comes after the part
    is_last       bool not null default false,
    -- instead of a part of the batch: events that were parked
    parked        int8[],
    -- events handed out under the receipt, and how many of these were taken away again by nack()
    events        int4 not null default 0,
    nacked        int4 not null default 0,
    -- events of the batch that are in trunkline.set_aside
    aside         int4 not null default 0,
    -- whether the batch has a map in trunkline.batch_part; null: not known yet whether it needs one
    mapped        bool,
    -- events that were sent before this and never delivered are too old; and how many of these are in the part
    oldest        timestamptz,
    skipped       int4 not null default 0,
    lease_until   timestamptz not null,
    holder        text,

    -- statistics since the beginning
    acked_total   int8 not null default 0,
    retried_total int8 not null default 0,
    dead_total    int8 not null default 0,
    expired_total int8 not null default 0,

    primary key (sub_queue, sub_consumer),
    foreign key (sub_queue, sub_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create unique index if not exists delivery_receipt_idx on trunkline.delivery (receipt);
create sequence if not exists trunkline.receipt_seq;

-- Events that do not belong to the rest of an open batch any more, because they failed or wait behind one that did. The rows go
-- when the position in the batch is beyond them.
create table if not exists trunkline.set_aside (
    batch_id int8 not null,
    ev_id    int8 not null,
    -- see functions/_event_hash.sql; tells events apart that somebody inserted with one id
    hash     int8 not null,
    primary key (batch_id, ev_id, hash)
);

-- Map of a large batch that is handed out in parts: the places of about 1000 events of successive ids, by table. It is made in
-- one pass, so that reading all parts costs no more than reading the batch once. Unlogged: it can be made again at any time.
create unlogged table if not exists trunkline.batch_part (
    batch_id  int8 not null,
    -- the highest event id in all rows of the part; events of one id are in one part
    last_id   int8 not null,
    table_oid oid not null,
    -- places are of this file; if the table was rewritten since, the map is made again
    file_node oid not null,
    places    tid[] not null,
    primary key (batch_id, last_id, table_oid)
);
alter table trunkline.batch_part alter column places set storage external;
