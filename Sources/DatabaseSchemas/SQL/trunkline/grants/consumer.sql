-- Consuming through this schema is open to everybody: the functions check whose the consumer is. What works on the target's
-- position is for the owner and for whom it grants it to.
do $$
declare
    _name regprocedure;
begin
    grant usage on schema trunkline to public;
    grant select on trunkline.origin, trunkline.consumer_lease to public;
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('_check_lease', '_check_batch', 'claim_position', 'advance_position', 'hold_position', 'grant_apply',
                            'reject_event', 'begin_apply')
    loop
        execute pg_catalog.format('revoke all on function %s from public', _name);
    end loop;
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('attach_consumer', 'open_batch', 'read_batch', 'close_batch', 'retry_event', 'seek_consumer')
    loop
        execute pg_catalog.format('grant execute on function %s to public', _name);
    end loop;
end
$$;
