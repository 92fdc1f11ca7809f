-- How long a member of a cooperative consumer may be silent before its batch is given to the others. Groups without a row
-- here do that only where members ask for it: pgq_coop.next_batch() with an interval.
create table if not exists trunkline.member_group (
    queue_name    text not null,
    consumer_name text not null,
    dead_interval interval not null check (dead_interval > '0'),
    primary key (queue_name, consumer_name)
);

-- Which process works as a member now. The row goes with the member, and when its batch is given to another; leases are never
-- used twice.
create table if not exists trunkline.member_lease (
    sub_queue    int4 not null,
    sub_consumer int4 not null,
    lease        int8 not null,
    holder       text not null,
    attached_at  timestamptz not null default clock_timestamp(),
    primary key (sub_queue, sub_consumer),
    foreign key (sub_queue, sub_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
);

create sequence if not exists trunkline.member_lease_seq;
