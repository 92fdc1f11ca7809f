-- Copies of tables into this database that are not finished. What was copied is written down in the transactions that bring the
-- rows, so a copy that was killed goes on with the rest.
create table if not exists trunkline.table_copy (
    origin_id      uuid not null,
    queue_name     text not null,
    consumer_name  text not null,
    -- at the source
    schema_name    text not null,
    table_name     text not null,
    -- here
    target_schema  text not null,
    target_name    text not null,
    -- of the source: events of transactions that the first one sees are in the copy; rows of the copy are as old as the first
    -- and as new as the last one, so the table is in sync once everything that the last one sees is applied
    first_snapshot txid_snapshot not null,
    last_snapshot  txid_snapshot not null,
    -- all rows are there; what is left is to make the indexes again
    is_copied      bool not null default false,
    started_at     timestamptz not null default clock_timestamp(),
    primary key (origin_id, queue_name, consumer_name, schema_name, table_name),
    foreign key (origin_id, queue_name, consumer_name) references trunkline.position on delete cascade
);

-- What such a copy has finished: blocks of a table of the source, or of a partition of it.
create table if not exists trunkline.copy_range (
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    schema_name   text not null,
    table_name    text not null,
    -- the relation whose blocks these are, and its file: another file means that its rows lie elsewhere now
    relation      text not null,
    filenode      int8 not null,
    first_block   int8 not null,
    end_block     int8 not null,
    rows          int8 not null,
    bytes         int8 not null,
    -- up to which the rows of these blocks are in the copy
    snapshot      txid_snapshot not null,
    copied_at     timestamptz not null default clock_timestamp(),
    primary key (origin_id, queue_name, consumer_name, schema_name, table_name, relation, first_block),
    foreign key (origin_id, queue_name, consumer_name, schema_name, table_name) references trunkline.table_copy
        on delete cascade
);

-- What copies took off tables of this database and have to put back: a row comes in the transaction that drops the object, and goes in
-- the one that makes it again.
create table if not exists trunkline.parked_ddl (
    parked_id     bigint generated always as identity primary key,
    -- the table that the object belongs to
    schema_name   text not null,
    table_name    text not null,
    object_name   text not null,
    kind          text not null check (kind in ('primary key', 'unique', 'exclusion', 'index', 'foreign key', 'trigger')),
    -- makes the object or its index; runs first
    build_sql     text,
    -- makes the index a constraint, validates a foreign key, and the like
    attach_sql    text,
    is_built      bool not null default false,
    -- for foreign keys: the table that is referred to, schema.table
    referenced    text,
    -- the copy that did it
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    parked_at     timestamptz not null default clock_timestamp(),
    -- why it could not be put back
    error         text,
    unique (schema_name, table_name, object_name, kind)
);

-- null: everything that the copy has seen is applied
alter table trunkline.copied_table add column if not exists sync_snapshot txid_snapshot;
