-- Takes an event out of the rest of an open batch.
--
-- Parameters: i_batch_id: the batch; i_event: the event.
-- May be called by: functions of this schema only.
create or replace function trunkline._set_aside(i_batch_id bigint, i_event pgq.event_template)
returns void
language sql
as $$
    insert into trunkline.set_aside (batch_id, ev_id, hash)
    values (i_batch_id, (i_event).ev_id, trunkline._event_hash(i_event))
    on conflict (batch_id, ev_id, hash) do nothing
$$;
