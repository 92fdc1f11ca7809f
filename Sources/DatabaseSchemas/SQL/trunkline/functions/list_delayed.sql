-- Lists the events that wait for their time, the next ones first.
--
-- Parameters: queue: name of the queue; max_rows: so many of them at most.
-- Returns: event_id, and what was given to send(); sent_at: the time of that.
-- Errors: no such queue; insufficient_privilege.
-- May be called by: everybody, for queues that he may consume from: it shows what is in the events.
create or replace function trunkline.list_delayed(
    queue text,
    max_rows int default 1000,
    out event_id bigint,
    out deliver_at timestamptz,
    out sent_at timestamptz,
    out type text,
    out payload text,
    out key text,
    out headers text,
    out dedup_key text)
returns setof record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue_id int4 := trunkline._find_queue(list_delayed.queue, 'consume');
begin
    return query
    select d.event_id, d.deliver_at, d.sent_at, d.type, d.payload, d.key, d.headers, d.dedup_key
    from trunkline.delayed_event d
    where d.queue_id = _queue_id
    order by d.deliver_at, d.event_id
    limit list_delayed.max_rows;
end
$$;
