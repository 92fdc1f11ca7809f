-- Says whether an event of the batch that is being processed was processed.
--
-- Parameters: a_consumer: the consumer; a_subconsumer: the member of it, '' or left out: none;
--     a_batch_id: the batch; a_event_id: the event.
-- Returns: true if it was.
-- May be called by: pgq_writer.
create or replace function pgq_ext.is_event_done(
    a_consumer text,
    a_subconsumer text,
    a_batch_id bigint,
    a_event_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select 1 from pgq_ext.completed_event
        where consumer_id = a_consumer and subconsumer_id = a_subconsumer
          and batch_id = a_batch_id and event_id = a_event_id);
end
$$;

create or replace function pgq_ext.is_event_done(
    a_consumer text,
    a_batch_id bigint,
    a_event_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq_ext.is_event_done(a_consumer, '', a_batch_id, a_event_id);
end
$$;
