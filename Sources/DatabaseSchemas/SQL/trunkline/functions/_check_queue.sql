-- Raises if there is no such queue.
--
-- Parameters: i_queue: queue name.
-- Errors: queue name is null; no such queue; lost privileges.
-- May be called by: internal.
create or replace function trunkline._check_queue(i_queue text)
returns void
language plpgsql
as $$
begin
    if i_queue is null then
        raise exception 'Queue name must not be NULL' using errcode = 'null_value_not_allowed';
    end if;
    if not exists (select 1 from pgq.queue q where q.queue_name = i_queue) then
        raise exception 'No such queue'
            using errcode = 'undefined_object',
                  detail = pg_catalog.format('Queue "%s" does not exist.', i_queue),
                  hint = pg_catalog.format('Create it: trunkline queue create %s, or select pgq.create_queue(%1$L).', i_queue);
    end if;
end
$$;
