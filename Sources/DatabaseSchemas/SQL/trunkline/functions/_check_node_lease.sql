-- Locks the lease of this database's node until the end of the transaction, so that nobody else can claim it meanwhile.
--
-- Errors: another process claimed the node since the lease was given (TL001).
-- May be called by: functions of this schema only.
create or replace function trunkline._check_node_lease(i_queue_name text, i_lease bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _row trunkline.node_lease;
begin
    select * into _row from trunkline.node_lease l where l.queue_name = i_queue_name for no key update;
    if _row.lease is distinct from i_lease then
        raise exception 'the node of queue "%" was claimed by another worker', i_queue_name
            using errcode = 'TL001',
                  detail = format('Lease %s is no longer valid: lease %s was given to %s.', i_lease, _row.lease, _row.holder),
                  hint = 'Only one worker may keep a node; stop one of them.';
    end if;
end
$$;
