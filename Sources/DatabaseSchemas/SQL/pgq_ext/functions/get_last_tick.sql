-- Tells the tick up to which events were processed.
--
-- Parameters: a_consumer: the consumer; a_subconsumer: the member of it, '' or left out: none.
-- Returns: id of the tick; null if none was remembered.
-- May be called by: pgq_writer.
create or replace function pgq_ext.get_last_tick(
    a_consumer text,
    a_subconsumer text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select last_tick_id from pgq_ext.completed_tick
        where consumer_id = a_consumer and subconsumer_id = a_subconsumer);
end
$$;

create or replace function pgq_ext.get_last_tick(
    a_consumer text)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return pgq_ext.get_last_tick(a_consumer, '');
end
$$;
