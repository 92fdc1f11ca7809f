-- Looks up a member of a group.
--
-- Parameters: i_queue_name, i_consumer_name, i_subconsumer_name: queue, main consumer and member.
-- Returns: the subscription of the member; all null if there is none.
-- Errors: a consumer of its own has the name that the member would have.
-- May be called by: functions of this schema and of trunkline only.
create or replace function pgq_coop._find_member(i_queue_name text, i_consumer_name text, i_subconsumer_name text)
returns pgq.subscription
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
    _group_id int4;
begin
    select s.* into _member
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name || '.' || i_subconsumer_name;

    select s.sub_id into _group_id
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if _member.sub_id <> _group_id then
        raise exception 'consumer "%.%" on queue "%" does not belong to consumer "%"',
                i_consumer_name, i_subconsumer_name, i_queue_name, i_consumer_name
            using errcode = 'duplicate_object',
                  hint = 'It is a consumer of its own; give the member another name.';
    end if;
    return _member;
end
$$;
