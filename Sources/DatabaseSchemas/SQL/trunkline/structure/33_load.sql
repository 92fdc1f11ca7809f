-- Partitions that a loader (trunkline queue load) made in this database. Only these does it drop when they are old.
create table if not exists trunkline.load_partition (
    origin_id      uuid not null,
    queue_name     text not null,
    consumer_name  text not null,
    schema_name    text not null,
    partition_name text not null,
    parent_name    text not null,
    -- begin of its period, of UTC where that matters
    from_time      timestamp not null,
    made_at        timestamptz not null default clock_timestamp(),
    primary key (schema_name, partition_name)
);

-- Events that a loader could not make rows of and was told to put aside, in the transaction of the batch that had them.
create table if not exists trunkline.rejected_event (
    rejected_id   bigint generated always as identity primary key,
    origin_id     uuid not null,
    queue_name    text not null,
    consumer_name text not null,
    ev_id         int8 not null,
    ev_time       timestamptz,
    ev_type       text,
    ev_data       text,
    ev_extra1     text,
    ev_extra2     text,
    ev_extra3     text,
    ev_extra4     text,
    reason        text not null,
    rejected_at   timestamptz not null default clock_timestamp()
);
