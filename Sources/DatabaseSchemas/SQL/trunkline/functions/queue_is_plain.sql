-- Whether writers may put events straight into a queue's current table: inserting is not disabled, there is no limit of events
-- per transaction, and the queue is still the one that a capture function was generated for.
--
-- Declared immutable ON PURPOSE, like table_signature(): folded into a constant when a statement is planned that has
-- pgq.event_template in it. The trigger queue_changed() on pgq.queue invalidates such plans.
--
-- Parameters: i_queue_id, i_queue_name: the queue.
-- Returns: false means: ask pgq._insert_target() each time.
-- May be called by: capture functions.
create or replace function trunkline.queue_is_plain(i_queue_id int4, i_queue_name text)
returns bool
language plpgsql
immutable
as $$
begin
    return trunkline._queue_is_plain(i_queue_id, i_queue_name);
end
$$;
