-- Deduplication keys of events that were sent, until their window is over; see functions/_claim_keys.sql. No foreign key, as in
-- trunkline.delayed_event.
create table if not exists trunkline.sent_key (
    queue_id   int4 not null,
    dedup_key  text not null,
    event_id   int8 not null,
    expires_at timestamptz not null,
    primary key (queue_id, dedup_key)
) with (fillfactor = 90);

create index if not exists sent_key_expires_at_idx on trunkline.sent_key (expires_at);
