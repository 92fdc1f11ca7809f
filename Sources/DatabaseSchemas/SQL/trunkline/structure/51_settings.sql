-- Settings of consumers beyond what PgQ knows. A missing row and a null are the defaults, which stand in _consumer_settings().
create table if not exists trunkline.consumer_setting (
    sub_queue       int4 not null,
    sub_consumer    int4 not null,
    -- deliveries of one event before it becomes a dead letter; wait after the first failure, doubled each time, up to the longest
    max_attempts    int4 check (max_attempts > 0),
    retry_delay     interval check (retry_delay >= '0'),
    retry_max_delay interval check (retry_max_delay >= '0'),
    -- ordered delivery by key
    lanes           int4 check (lanes > 0),
    -- how long what was received stays with its receiver without a sign of life
    lease_time      interval check (lease_time > '0'),
    -- how much the consumer may keep from being removed, and what happens beyond that
    max_age         interval check (max_age > '0'),
    max_bytes       int8 check (max_bytes > 0),
    on_limit        text check (on_limit in ('warn', 'evict')),
    primary key (sub_queue, sub_consumer),
    foreign key (sub_queue, sub_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
);

-- Settings of queues beyond those in pgq.queue.
create table if not exists trunkline.queue_setting (
    queue_id int4 primary key references pgq.queue (queue_id) on delete cascade,
    -- events older than this are not delivered any more; null: for ever
    ttl      interval check (ttl > '0'),
    -- limits of consumers that have none of their own
    consumer_max_age   interval check (consumer_max_age > '0'),
    consumer_max_bytes int8 check (consumer_max_bytes > 0),
    consumer_on_limit  text check (consumer_on_limit in ('warn', 'evict'))
);
