-- Consumers that were removed because they went beyond their limits, and what they missed by that. The row goes when the consumer
-- is registered again or dismissed by unregister().
create table if not exists trunkline.eviction (
    queue           text not null,
    consumer        text not null,
    -- the consumer had finished everything up to the first tick; everything up to the second is what it missed
    last_tick       int8,
    last_tick_time  timestamptz,
    end_tick        int8,
    end_tick_time   timestamptz,
    events_estimate int8,
    reason          text not null,
    evicted_at      timestamptz not null default clock_timestamp(),
    -- last sign of life before that
    seen_at         timestamptz,
    -- what it gets back when it is registered again
    owner           name,
    settings        jsonb not null default '{}',
    queue_id        int4 not null references pgq.queue (queue_id) on delete cascade,
    primary key (queue, consumer)
);

-- Consumers that are beyond their limits now. The row goes when they are within them again, or are not registered any more. There is no
-- foreign key, as its check would make maintenance wait for a transaction that works on the consumer's batch.
create table if not exists trunkline.limit_warning (
    sub_queue    int4 not null,
    sub_consumer int4 not null,
    reason       text not null,
    since        timestamptz not null default clock_timestamp(),
    -- last time that the log of the server was told
    warned_at    timestamptz not null default clock_timestamp(),
    primary key (sub_queue, sub_consumer)
);
