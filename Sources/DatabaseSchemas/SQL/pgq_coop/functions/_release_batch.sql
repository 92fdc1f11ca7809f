-- Takes the open batch from a member, for the others to take. The row of the member must be locked.
--
-- The batch gets a new id: whoever holds the old one can neither finish it nor retry its events. Waiting members are woken.
--
-- Parameters: i_member: the subscription of the member, with an open batch.
-- May be called by: functions of this schema and of trunkline only.
create or replace function pgq_coop._release_batch(i_member pgq.subscription)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update pgq.subscription set sub_batch = nextval('pgq.batch_id_seq')
    where sub_queue = i_member.sub_queue and sub_consumer = i_member.sub_consumer;
    insert into pgq_coop.released_batch (sub_queue, sub_consumer)
    values (i_member.sub_queue, i_member.sub_consumer)
    on conflict (sub_queue, sub_consumer) do nothing;
    perform pg_notify('trunkline_tick', q.queue_name) from pgq.queue q where q.queue_id = i_member.sub_queue;
end
$$;
