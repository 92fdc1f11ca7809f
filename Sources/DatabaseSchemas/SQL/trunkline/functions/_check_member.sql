-- Refuses callers that are no longer the member's holder.
--
-- Parameters: i_queue_name, i_consumer_name, i_member, i_lease: see attach_member(); i_hold: lock the row of the member until the
--     end of the transaction, so that nobody can take its batch in between. Looking only costs no transaction id.
-- Returns: the subscription of the member.
-- Errors: SQLSTATE TL001 when another process attached since, or the member's batch went to another.
-- May be called by: functions of this schema only.
create or replace function trunkline._check_member(
    i_queue_name text, i_consumer_name text, i_member text, i_lease bigint, i_hold bool)
returns pgq.subscription
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _member pgq.subscription;
    _lease trunkline.member_lease;
begin
    _member := pgq_coop._find_member(i_queue_name, i_consumer_name, i_member);
    if i_hold then
        select * into _member
        from pgq.subscription
        where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer
        for no key update;
    end if;
    select * into _lease from trunkline.member_lease
    where sub_queue = _member.sub_queue and sub_consumer = _member.sub_consumer;
    if _lease.lease is distinct from i_lease or i_lease is null then
        raise exception 'member "%" of consumer "%" on queue "%" was replaced', i_member, i_consumer_name, i_queue_name
            using errcode = 'TL001',
                  detail = case
                      when _lease.lease is null
                      then format('Lease %s is no longer valid: the member was silent for too long or removed,'
                                  ' and its batch was given to the others.', i_lease)
                      else format('Lease %s is no longer valid: lease %s was given to %s at %s.',
                                  i_lease, _lease.lease, _lease.holder, _lease.attached_at)
                  end,
                  hint = 'Undo the work on the batch, then attach again with trunkline.attach_member(). '
                      'Call trunkline.touch_member() while a batch takes long.';
    end if;
    return _member;
end
$$;
