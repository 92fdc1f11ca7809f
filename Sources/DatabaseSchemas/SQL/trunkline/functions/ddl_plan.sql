-- Statements that make the event triggers which capture DDL, as far as they are missing. They need a superuser, or a role to which the
-- provider of a managed server gives that right.
--
-- May be called by: pgq_reader, pgq_admin.
create or replace function trunkline.ddl_plan()
returns setof text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select format('create event trigger %I on %s%s execute function %s', t.name, t.event,
                  coalesce(' when tag in (' || t.tags || ')', ''), t.function)
    from (values
        (1, 'trunkline_ddl_remember', 'ddl_command_start', null, 'trunkline._ddl_remember()'),
        (2, 'trunkline_ddl_remember_indexes', 'ddl_command_start', '''DROP INDEX''', 'trunkline._ddl_remember_indexes()'),
        (3, 'trunkline_ddl_drop', 'sql_drop', null, 'trunkline._ddl_capture()'),
        (4, 'trunkline_ddl_end', 'ddl_command_end',
            '''ALTER TABLE'', ''CREATE TABLE'', ''CREATE INDEX'', ''ALTER INDEX''', 'trunkline._ddl_capture()')
    ) t (nr, name, event, tags, function)
    where not exists (select 1 from pg_event_trigger e where e.evtname = t.name)
    order by t.nr
$$;
