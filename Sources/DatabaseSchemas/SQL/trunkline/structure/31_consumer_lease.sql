-- Which process works as a consumer now. Attaching raises the lease, and every call with an older lease is refused: two
-- processes with one consumer name cannot both be active. Consumers of the plain pgq interface have no row here.
create table if not exists trunkline.consumer_lease (
    queue_name    text not null,
    consumer_name text not null,
    lease         int8 not null,
    holder        text not null,
    attached_at   timestamptz not null default clock_timestamp(),
    primary key (queue_name, consumer_name)
);
