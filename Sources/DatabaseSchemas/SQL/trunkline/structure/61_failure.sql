-- Why events failed, for each time that they did. Kept for a week.
create table if not exists trunkline.failure (
    sub_queue int4 not null references pgq.queue (queue_id) on delete cascade,
    sub_id    int4 not null,
    ev_id     int8 not null,
    attempt   int4 not null,
    reason    text,
    failed_at timestamptz not null default clock_timestamp(),
    -- it became a dead letter
    is_dead   bool not null,
    -- under which it was delivered, or the batch of the batch interface
    receipt   int8,
    batch_id  int8
);

create index if not exists failure_event_idx on trunkline.failure (sub_queue, sub_id, ev_id);
create index if not exists failure_time_idx on trunkline.failure (failed_at);

-- Dead letters: events that a consumer gave up. They stay until somebody replays or purges them, or drops the queue; also when
-- the consumer is unregistered.
create table if not exists trunkline.dead_event (
    dead_id       bigserial primary key,
    queue_id      int4 not null references pgq.queue (queue_id) on delete cascade,
    consumer_name text not null,
    sub_id        int4 not null,

    ev_id         int8 not null,
    ev_time       timestamptz not null,
    ev_txid       int8,
    ev_retry      int4,
    ev_type       text,
    ev_data       text,
    ev_extra1     text,
    ev_extra2     text,
    ev_extra3     text,
    ev_extra4     text,

    attempts      int4 not null,
    reason        text,
    died_at       timestamptz not null default clock_timestamp()
);

create index if not exists dead_event_consumer_idx on trunkline.dead_event (queue_id, consumer_name, dead_id);
