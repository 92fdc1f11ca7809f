-- Tables of Skytools 2 do not know members: their rows belong to consumers without any.
do $$
declare
    _table record;
    _key record;
begin
    for _table in
        select t.name, t.key, pg_catalog.to_regclass('pgq_ext.' || t.name) as oid
        from (values
            ('completed_tick', 'consumer_id, subconsumer_id'),
            ('completed_batch', 'consumer_id, subconsumer_id'),
            ('completed_event', 'consumer_id, subconsumer_id, batch_id, event_id'),
            ('partial_batch', 'consumer_id, subconsumer_id')
        ) t (name, key)
        where not exists (
            select 1 from pg_catalog.pg_attribute a
            where a.attrelid = pg_catalog.to_regclass('pgq_ext.' || t.name) and a.attname = 'subconsumer_id')
    loop
        execute pg_catalog.format('alter table pgq_ext.%I add column subconsumer_id text', _table.name);
        execute pg_catalog.format('update pgq_ext.%I set subconsumer_id = ''''', _table.name);
        execute pg_catalog.format('alter table pgq_ext.%I alter column subconsumer_id set not null', _table.name);
        for _key in
            select c.conname as name from pg_catalog.pg_constraint c where c.conrelid = _table.oid and c.contype = 'p'
        loop
            execute pg_catalog.format('alter table pgq_ext.%I drop constraint %I', _table.name, _key.name);
        end loop;
        execute pg_catalog.format('alter table pgq_ext.%I add primary key (%s)', _table.name, _table.key);
    end loop;
end
$$;
