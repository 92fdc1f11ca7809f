-- Finishes a batch of a member; the position of the group moved on when the batch was handed out.
--
-- Parameters: i_batch_id: the batch.
-- Returns: 1, or 0 with a warning if no member has such a batch.
-- May be called by: pgq_reader.
create or replace function pgq_coop.finish_batch(i_batch_id bigint)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
begin
    -- the batch of a consumer that works alone is not ours to clear: its position would be lost
    update pgq.subscription s
    set sub_active = now(), sub_last_tick = null, sub_next_tick = null, sub_batch = null
    from pgq.consumer c
    where s.sub_batch = i_batch_id and c.co_id = s.sub_consumer and s.sub_lane is null
      and exists (
          select 1
          from pgq.subscription o
          join pgq.consumer m on m.co_id = o.sub_consumer
          where o.sub_queue = s.sub_queue and o.sub_id = s.sub_id and starts_with(c.co_name, m.co_name || '.'))
    returning s.* into _member;
    if not found then
        raise warning 'coop_finish_batch: batch % not found', i_batch_id;
        return 0;
    end if;
    delete from pgq_coop.released_batch
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    return 1;
end
$$;
