-- Trigger that puts each change of a table into a queue. The event has the row as JSON:
-- ev_type {"op":"INSERT","table":["schema","t"],"pkey":["id"]}, ev_data {"column":value,...}, ev_extra1 schema.table.
--
-- Use: create trigger ... after insert or update or delete on t for each row execute function pgq.jsontriga('queue' [, option ...])
-- and for truncate: after truncate on t for each statement. Options, in any order:
--     SKIP: do not change the table (before triggers only); backup: the old row of an update as ev_extra2; deny: no change is
--     allowed; ignore=columns: leave them out; pkey=columns: use these as key; ev_type=, ev_data=, ev_extra1= to
--     ev_extra4=expression: SQL that gives the field; when=expression: only if it is true.
-- Errors: see pgq._log_change().
-- May be called by: pgq_writer may create such triggers; who changes the table must be allowed to call pgq.insert_event().
create or replace function pgq.jsontriga()
returns trigger
language plpgsql
as $$
begin
    if pgq._log_change('json', tg_relid, tg_table_schema, tg_table_name, tg_op, tg_when, tg_level, tg_argv, new, old) then
        return null;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end
$$;
