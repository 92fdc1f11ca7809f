-- Says whether a batch was the last one processed.
--
-- Parameters: a_consumer: the consumer; a_subconsumer: the member of it, '' or left out: none;
--     a_batch_id: the batch.
-- Returns: true if it was.
-- May be called by: pgq_writer.
create or replace function pgq_ext.is_batch_done(
    a_consumer text,
    a_subconsumer text,
    a_batch_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select 1 from pgq_ext.completed_batch
        where consumer_id = a_consumer and subconsumer_id = a_subconsumer and last_batch_id = a_batch_id);
end
$$;

create or replace function pgq_ext.is_batch_done(
    a_consumer text,
    a_batch_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq_ext.is_batch_done(a_consumer, '', a_batch_id);
end
$$;
