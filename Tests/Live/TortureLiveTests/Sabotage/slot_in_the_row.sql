-- Writers read the slot from the row of the queue, with their snapshot, as in the original PgQ.
do $do$
declare
    _function oid;
    _changed int := 0;
begin
    for _function in
        select p.oid from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('pgq', 'trunkline') and p.prokind = 'f' and position($a$pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)$a$ in p.prosrc) > 0 
    loop
        execute replace(pg_get_functiondef(_function), $a$pg_sequence_last_value((q.queue_data_pfx || '_slot_seq')::regclass)$a$, $b$q.queue_cur_table$b$);
        _changed := _changed + 1;
    end loop;
    if _changed = 0 then
        raise exception 'nothing was broken: the text is not there any more';
    end if;
end
$do$;
