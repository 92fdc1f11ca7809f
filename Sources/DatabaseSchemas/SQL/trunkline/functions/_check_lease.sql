-- Refuses callers that are no longer the consumer's holder.
--
-- Parameters: i_hold: keep the lease until the end of the transaction, so that nobody can attach in between. Looking only
--     costs no transaction id.
-- Errors: SQLSTATE TL001 when another process attached since.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_lease(i_queue_name text, i_consumer_name text, i_lease bigint, i_hold bool)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _row trunkline.consumer_lease;
begin
    select * into _row from trunkline.consumer_lease
    where queue_name = i_queue_name and consumer_name = i_consumer_name;
    if i_hold and _row.lease = i_lease then
        select * into _row from trunkline.consumer_lease
        where queue_name = i_queue_name and consumer_name = i_consumer_name
        for share;
    end if;
    if _row.lease is distinct from i_lease then
        raise exception 'consumer "%" on queue "%" was taken over by another process', i_consumer_name, i_queue_name
            using errcode = 'TL001',
                  detail = format('Lease %s is no longer valid: lease %s was given to %s at %s.',
                                  i_lease, _row.lease, _row.holder, _row.attached_at),
                  hint = 'Only one process may work under a consumer name; stop one of them or give it another name.';
    end if;
end
$$;
