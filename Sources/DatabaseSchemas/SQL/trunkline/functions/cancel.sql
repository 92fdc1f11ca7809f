-- Takes back an event that was sent with a delay and is not delivered yet. Its dedup_key may be sent again.
--
-- Parameters: queue: name of the queue; event_id: the event, as send() returned it.
-- Returns: whether it was taken back; false: there is no such event, or it is on its way already.
-- Errors: no such queue; insufficient_privilege.
-- May be called by: everybody, for queues that he may produce into.
create or replace function trunkline.cancel(queue text, event_id bigint)
returns bool
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(cancel.queue, 'produce');
    _dedup_key text;
begin
    delete from trunkline.delayed_event d
    where d.queue_id = _queue_id and d.event_id = cancel.event_id
    returning d.dedup_key into _dedup_key;
    if not found then
        return false;
    end if;
    delete from trunkline.sent_key s
    where s.queue_id = _queue_id and s.dedup_key = _dedup_key and s.event_id = cancel.event_id;
    return true;
end
$$;
