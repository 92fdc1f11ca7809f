-- Consumers whose events are delivered in lanes: each event belongs to the lane that the hash of its key chooses, and a lane is worked on
-- by one receiver at a time, so events of one key stay in order. A lane has a position of its own, as a row in
-- pgq.subscription: lane 0 is the consumer's own row, the others are called <consumer>.lane-<number>.
create table if not exists trunkline.lane_group (
    sub_queue    int4 not null,
    sub_consumer int4 not null,
    -- how many there are; null: none yet
    lanes        int4,
    -- a change to this number is under way: no lane goes beyond the tick, and when all are there, they are divided anew
    is_changing  bool not null default false,
    wanted       int4,
    upto_tick    int8,
    primary key (sub_queue, sub_consumer),
    foreign key (sub_queue, sub_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
);

-- Keys of which an event failed, by hash: two keys of one hash, or an event without a key of which the id has the same, share the
-- fate, which does no harm but wait. Later events of the key are parked behind the failed one.
create table if not exists trunkline.parked_key (
    sub_queue     int4 not null,
    main_consumer int4 not null,
    hash          int8 not null,
    -- when the first event of the key may be delivered again
    due_at        timestamptz not null,
    -- waiting receivers were told
    is_announced  bool not null default false,
    primary key (sub_queue, main_consumer, hash),
    foreign key (sub_queue, main_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
);

create index if not exists parked_key_due_idx on trunkline.parked_key (due_at) where not is_announced;

-- Events that failed, and those behind them, in order.
create table if not exists trunkline.parked_event (
    park_id       bigserial primary key,
    sub_queue     int4 not null,
    main_consumer int4 not null,
    hash          int8 not null,

    ev_id         int8 not null,
    ev_time       timestamptz not null,
    ev_txid       int8,
    -- how often it failed
    ev_retry      int4,
    ev_type       text,
    ev_data       text,
    ev_extra1     text,
    ev_extra2     text,
    ev_extra3     text,
    ev_extra4     text,

    foreign key (sub_queue, main_consumer, hash) references trunkline.parked_key on delete cascade
);

create index if not exists parked_event_key_idx on trunkline.parked_event (sub_queue, main_consumer, hash, park_id);
