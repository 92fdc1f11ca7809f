-- Remembers that a batch is processed. To be called in the transaction that processes it: of two that do so at the same
-- moment the second waits for the first.
--
-- Parameters: a_consumer: the consumer; a_subconsumer: the member of it, '' or left out: none;
--     a_batch_id: the batch.
-- Returns: true; false if it was the last one processed already: then roll back.
-- May be called by: pgq_writer.
create or replace function pgq_ext.set_batch_done(
    a_consumer text,
    a_subconsumer text,
    a_batch_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pgq_ext.completed_batch as b (consumer_id, subconsumer_id, last_batch_id)
    values (a_consumer, a_subconsumer, a_batch_id)
    on conflict (consumer_id, subconsumer_id) do update
    set last_batch_id = excluded.last_batch_id
    where b.last_batch_id <> excluded.last_batch_id;
    return found;
end
$$;

create or replace function pgq_ext.set_batch_done(
    a_consumer text,
    a_batch_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq_ext.set_batch_done(a_consumer, '', a_batch_id);
end
$$;
