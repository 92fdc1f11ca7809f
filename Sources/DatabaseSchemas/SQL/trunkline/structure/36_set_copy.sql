-- Copies of tables of sets: from which node, and under which name their changes are followed there until the worker takes over.
create table if not exists trunkline.set_copy (
    queue_name    text not null,
    -- the name in the set, and the table here, schema.table
    table_name    text not null,
    dest_name     text not null,
    node_name     text not null,
    origin_id     uuid not null,
    consumer_name text not null,
    -- the table's attributes when it began
    table_attrs   text,
    started_at    timestamptz not null default clock_timestamp(),
    -- what stops it, null while it goes on
    error         text,
    primary key (queue_name, table_name)
);
