-- The second half of a rotation is the transaction of the first.
do $do$
declare
    _function oid;
    _changed int := 0;
begin
    for _function in
        select p.oid from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('pgq', 'trunkline') and p.prokind = 'f' and position($a$queue_switch_step2 = null$a$ in p.prosrc) > 0 
    loop
        execute replace(pg_get_functiondef(_function), $a$queue_switch_step2 = null$a$, $b$queue_switch_step2 = txid_current()$b$);
        _changed := _changed + 1;
    end loop;
    if _changed = 0 then
        raise exception 'nothing was broken: the text is not there any more';
    end if;
end
$do$;
