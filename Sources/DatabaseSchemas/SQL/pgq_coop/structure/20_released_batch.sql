-- Batches of a group that nobody works on, because their member is dead or went away: the next member that asks gets one.
-- The batch itself stays in the member's row in pgq.subscription, so table switches wait for it. It got a new id when it was
-- released: the former member can neither finish it nor retry its events.
create table if not exists pgq_coop.released_batch (
    sub_queue    int4 not null,
    sub_consumer int4 not null,
    released_at  timestamptz not null default clock_timestamp(),
    primary key (sub_queue, sub_consumer),
    foreign key (sub_queue, sub_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
);
