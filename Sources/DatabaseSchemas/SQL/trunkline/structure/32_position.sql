-- How far this database, as a target, has applied a queue of another one. The row changes in the transaction that applies the
-- events, so events and position are there together or not at all.
create table if not exists trunkline.position (
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    epoch         int4 not null,
    last_tick     int8 not null,
    -- raised by every worker that starts; a worker with an older one is refused
    lease         int8 not null default 0,
    holder        text,
    events        int8 not null default 0,
    updated_at    timestamptz not null default clock_timestamp(),
    -- what stopped the worker, null while it works
    error         text,
    primary key (origin_id, queue_name, consumer_name)
) with (fillfactor = 50);

-- Tables that a worker fills with a copy: what was already in the copy must not be applied again from the queue.
create table if not exists trunkline.copied_table (
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    schema_name   text not null,
    table_name    text not null,
    -- of the source, taken by the copy: events of transactions that it sees are in the copy
    snapshot      txid_snapshot not null,
    rows          int8 not null,
    copied_at     timestamptz not null default clock_timestamp(),
    primary key (origin_id, queue_name, consumer_name, schema_name, table_name),
    foreign key (origin_id, queue_name, consumer_name) references trunkline.position on delete cascade
);
