-- Retried events stay in the retry queue, too.
do $do$
declare
    _function oid;
    _changed int := 0;
begin
    for _function in
        select p.oid from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('pgq', 'trunkline') and p.prokind = 'f' and position($a$delete from pgq.retry_queue where ev_owner = _event.ev_owner and ev_id = _event.ev_id;$a$ in p.prosrc) > 0 
    loop
        execute replace(pg_get_functiondef(_function), $a$delete from pgq.retry_queue where ev_owner = _event.ev_owner and ev_id = _event.ev_id;$a$, $b$update pgq.retry_queue set ev_retry_after = now() + interval '2 seconds' where ev_owner = _event.ev_owner and ev_id = _event.ev_id;$b$);
        _changed := _changed + 1;
    end loop;
    if _changed = 0 then
        raise exception 'nothing was broken: the text is not there any more';
    end if;
end
$do$;
