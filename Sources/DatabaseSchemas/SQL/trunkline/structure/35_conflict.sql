-- Conflicts that a worker met in this database: changes that met a row which their source did not expect. Counted in the
-- transaction of the batch.
create table if not exists trunkline.conflict (
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    schema_name   text not null,
    table_name    text not null,
    -- insert_exists, update_missing, update_differs, delete_missing, delete_differs, alternate_key, parent_missing
    kind          text not null,
    -- kept: the row that was here stayed; written: what the source or a function said
    outcome       text not null,
    conflicts     int8 not null,
    last_event    int8 not null,
    last_time     timestamptz not null default clock_timestamp(),
    primary key (origin_id, queue_name, consumer_name, schema_name, table_name, kind, outcome)
);

-- The rows of conflicts, of tables for which that was asked for. Whoever has looked at them deletes them.
create table if not exists trunkline.conflict_row (
    conflict_id   bigint generated always as identity primary key,
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    schema_name   text not null,
    table_name    text not null,
    kind          text not null,
    -- kept, written, or function: what it said was written
    outcome       text not null,
    ev_id         int8 not null,
    -- the row as it was here, as it is at the source, null: not there, and as the source changed it, where that is captured
    local_row     jsonb,
    remote_row    jsonb,
    remote_before jsonb,
    met_at        timestamptz not null default clock_timestamp()
);
