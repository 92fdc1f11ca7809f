-- Makes the calling process the only one that may work for this database's node of a queue. Waits for the transaction of the batch
-- that another one is bringing in.
--
-- Parameters: i_queue_name: the queue; i_holder: who works, for people to read, another one for each start of a worker;
--     i_held_lease: the lease that the process had before it lost its connection, null at its first start. One that the same holder
--     was given since is its own: the answer was lost.
-- Returns: the lease, to pass to the other functions.
-- Errors: this database is no node of the queue (undefined_object); another process claimed the node since i_held_lease was given
--     (TL001).
-- May be called by: pgq_admin.
create or replace function trunkline.claim_node(i_queue_name text, i_holder text, i_held_lease bigint default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _lease int8;
begin
    if not exists (select 1 from pgq_node.node_info n where n.queue_name = i_queue_name) then
        raise exception 'this database is no node of queue "%"', i_queue_name
            using errcode = 'undefined_object',
                  hint = 'Make it one: trunkline node create-root, create-branch, create-leaf.';
    end if;
    insert into trunkline.node_lease as l (queue_name, lease, holder)
    values (i_queue_name, 1, i_holder)
    on conflict (queue_name) do update
    set lease = l.lease + 1, holder = excluded.holder, claimed_at = clock_timestamp()
    where i_held_lease is null or l.lease = i_held_lease or l.holder = i_holder
    returning l.lease into _lease;
    if not found then
        perform trunkline._check_node_lease(i_queue_name, i_held_lease);
    end if;
    return _lease;
end
$$;
