-- Remembers that an event is processed. The first event of another batch forgets the events of the one before. Events that
-- are retried come in another batch, so this does not go together with retries.
--
-- Parameters: a_consumer: the consumer; a_subconsumer: the member of it, '' or left out: none;
--     a_batch_id: the batch; a_event_id: the event.
-- Returns: true; false if it was processed already.
-- May be called by: pgq_writer.
create or replace function pgq_ext.set_event_done(
    a_consumer text,
    a_subconsumer text,
    a_batch_id bigint,
    a_event_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _before int8;
begin
    select p.cur_batch_id into _before
    from pgq_ext.partial_batch p
    where p.consumer_id = a_consumer and p.subconsumer_id = a_subconsumer;
    if _before is distinct from a_batch_id then
        insert into pgq_ext.partial_batch (consumer_id, subconsumer_id, cur_batch_id)
        values (a_consumer, a_subconsumer, a_batch_id)
        on conflict (consumer_id, subconsumer_id) do update set cur_batch_id = excluded.cur_batch_id;
        delete from pgq_ext.completed_event
        where consumer_id = a_consumer and subconsumer_id = a_subconsumer and batch_id <> a_batch_id;
    end if;

    insert into pgq_ext.completed_event (consumer_id, subconsumer_id, batch_id, event_id)
    values (a_consumer, a_subconsumer, a_batch_id, a_event_id)
    on conflict do nothing;
    return found;
end
$$;

create or replace function pgq_ext.set_event_done(
    a_consumer text,
    a_batch_id bigint,
    a_event_id bigint)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq_ext.set_event_done(a_consumer, '', a_batch_id, a_event_id);
end
$$;
