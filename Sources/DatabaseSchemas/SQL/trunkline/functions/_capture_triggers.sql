-- The triggers that a capture needs.
--
-- A table in statement mode has statement triggers for ordinary sessions, and a row trigger for sessions with
-- session_replication_role = replica: logical replication fires only row triggers. Its "guard" is never enabled; being a row
-- trigger with a transition table it makes PostgreSQL refuse to turn the table into a partition or an inheritance child,
-- where statement triggers would miss rows without a word.
--
-- Parameters: i_definition: see _capture_definition().
-- Returns: trigger name; its definition between the name and "execute function"; wanted pg_trigger.tgenabled.
-- May be called by: internal.
create or replace function trunkline._capture_triggers(i_definition jsonb)
returns table (name text, clause text, enabled "char")
language sql
immutable
as $$
    select (i_definition ->> 'trigger') || '_' || t.suffix,
           pg_catalog.format(t.clause, i_definition ->> 'table'),
           case when t.enabled = 'A' and (i_definition ->> 'origin_only')::bool then 'O' else t.enabled end::"char"
    from (values
        ('statement', 'insert', 'after insert on %s referencing new table as trunkline_new for each statement', 'O'),
        ('statement', 'update', 'after update on %s referencing old table as trunkline_old new table as trunkline_new for each statement', 'O'),
        ('statement', 'delete', 'after delete on %s referencing old table as trunkline_old for each statement', 'O'),
        ('statement', 'row', 'after insert or update or delete on %s for each row', 'R'),
        ('statement', 'guard', 'after delete on %s referencing old table as trunkline_old for each row', 'D'),
        ('row', 'row', 'after insert or update or delete on %s for each row', 'A'),
        ('statement', 'truncate', 'after truncate on %s for each statement', 'A'),
        ('row', 'truncate', 'after truncate on %s for each statement', 'A')
    ) as t (mode, suffix, clause, enabled)
    where t.mode = i_definition ->> 'mode'
      and not (t.enabled = 'R' and (i_definition ->> 'origin_only')::bool)
$$;
