-- Parks a key, or changes when the first event of it may be delivered.
--
-- Parameters: i_sub: the subscription of the lane; i_main: the consumer; i_hash: see _event_hash(); i_due_at: when.
-- May be called by: functions of this schema only.
create or replace function trunkline._park_key(i_sub pgq.subscription, i_main int4, i_hash bigint, i_due_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into trunkline.parked_key (sub_queue, main_consumer, hash, due_at)
    values (i_sub.sub_queue, i_main, i_hash, i_due_at)
    on conflict (sub_queue, main_consumer, hash) do update set due_at = excluded.due_at, is_announced = false;
    perform trunkline._announce_due(i_due_at);
end
$$;
