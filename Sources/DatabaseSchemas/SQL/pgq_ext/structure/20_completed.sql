-- What was processed, per consumer and member ('' for consumers without members).
create table if not exists pgq_ext.completed_tick (
    consumer_id    text not null,
    subconsumer_id text not null,
    last_tick_id   int8 not null,
    primary key (consumer_id, subconsumer_id)
);

create table if not exists pgq_ext.completed_batch (
    consumer_id    text not null,
    subconsumer_id text not null,
    last_batch_id  int8 not null,
    primary key (consumer_id, subconsumer_id)
);

-- Events of the batch that is being processed, see partial_batch.
create table if not exists pgq_ext.completed_event (
    consumer_id    text not null,
    subconsumer_id text not null,
    batch_id       int8 not null,
    event_id       int8 not null,
    primary key (consumer_id, subconsumer_id, batch_id, event_id)
);

create table if not exists pgq_ext.partial_batch (
    consumer_id    text not null,
    subconsumer_id text not null,
    cur_batch_id   int8 not null,
    primary key (consumer_id, subconsumer_id)
);
