-- Position of a consumer on a queue. sub_id is the owner of its retried events.
create table if not exists pgq.subscription (
    sub_id        serial not null,
    sub_queue     int4 not null,
    sub_consumer  int4 not null,
    sub_last_tick int8,
    sub_active    timestamptz not null default now(),
    sub_batch     int8,
    sub_next_tick int8,

    constraint subscription_pkey primary key (sub_queue, sub_consumer),
    constraint subscription_batch_idx unique (sub_batch),
    constraint sub_queue_fkey foreign key (sub_queue) references pgq.queue (queue_id),
    constraint sub_consumer_fkey foreign key (sub_consumer) references pgq.consumer (co_id)
);

-- Batch ids are unique over all queues and consumers.
create sequence if not exists pgq.batch_id_seq;

-- Not of PgQ: a paused consumer gets no batches; the number of the lane, if events are delivered in lanes (schema trunkline).
-- Looked at first, because ALTER TABLE would lock out consumers at each upgrade.
do $$
begin
    if not exists (
        select 1 from pg_catalog.pg_attribute
        where attrelid = 'pgq.subscription'::regclass and attname = 'sub_paused' and not attisdropped)
    then
        alter table pgq.subscription add column sub_paused bool not null default false;
    end if;
    if not exists (
        select 1 from pg_catalog.pg_attribute
        where attrelid = 'pgq.subscription'::regclass and attname = 'sub_lane' and not attisdropped)
    then
        alter table pgq.subscription add column sub_lane int4;
    end if;
end
$$;
