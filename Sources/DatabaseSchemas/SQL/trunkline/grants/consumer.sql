-- Consuming through this schema needs the same role as consuming through pgq. What works on the target's position is for the
-- owner and for whom it grants it to.
do $$
declare
    _name regprocedure;
begin
    grant usage on schema trunkline to public;
    grant select on trunkline.origin, trunkline.consumer_lease to public;
    for _name in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'trunkline'::regnamespace
          and p.proname in ('attach_consumer', 'open_batch', 'close_batch', 'retry_event', 'seek_consumer', '_check_lease',
                            '_check_batch', 'claim_position', 'advance_position', 'grant_apply')
    loop
        execute pg_catalog.format('revoke all on function %s from public', _name);
    end loop;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_reader') then
        for _name in
            select p.oid::regprocedure from pg_catalog.pg_proc p
            where p.pronamespace = 'trunkline'::regnamespace
              and p.proname in ('attach_consumer', 'open_batch', 'close_batch', 'retry_event', 'seek_consumer')
        loop
            execute pg_catalog.format('grant execute on function %s to pgq_reader', _name);
        end loop;
    end if;
end
$$;
