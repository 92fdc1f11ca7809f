-- Events that were sent to be delivered later, until they are due; see functions/maint_delayed_events.sql. There is no foreign
-- key: sending would have to lock the row of the queue. triggers/queue_dropped.sql does its work.
create table if not exists trunkline.delayed_event (
    queue_id   int4 not null,
    -- the id that the event keeps
    event_id   int8 not null,
    deliver_at timestamptz not null,
    sent_at    timestamptz not null,
    -- deliver_at, or later when the queue did not take the event then
    next_try   timestamptz not null,
    type       text,
    payload    text,
    headers    text,
    key        text,
    dedup_key  text,
    primary key (queue_id, event_id)
);

create index if not exists delayed_event_next_try_idx on trunkline.delayed_event (queue_id, next_try);

-- Whether producers of delayed events announce these to a ticker that waits for announcements: it does not if the value is 1; else
-- the value is a Unix time in microseconds, and what is due before it is to be announced. A sequence, as its value is seen at
-- once by every transaction.
create sequence if not exists trunkline.due_wake_seq;
do $$
begin
    if pg_catalog.pg_sequence_last_value('trunkline.due_wake_seq') is null then
        perform pg_catalog.setval('trunkline.due_wake_seq', 1);
    end if;
end
$$;
