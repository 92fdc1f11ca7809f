-- The triggers that a capture needs.
--
-- A table in statement mode has statement triggers for ordinary sessions, and a row trigger for sessions with
-- session_replication_role = replica: logical replication fires only row triggers. Its "guard" is never enabled; being a row
-- trigger with a transition table it makes PostgreSQL refuse to turn the table into a partition or an inheritance child,
-- where statement triggers would miss rows without a word.
--
-- The row trigger of a partitioned table is copied to its partitions by PostgreSQL, but triggers for TRUNCATE are not: every
-- partition gets one of its own, for a TRUNCATE that does not come from above.
--
-- Parameters: i_definition: see _capture_definition().
-- Returns: table; trigger name; its definition between the name and "execute function"; wanted pg_trigger.tgenabled.
-- May be called by: internal.
create or replace function trunkline._capture_triggers(i_definition jsonb)
returns table (relation oid, name text, clause text, enabled "char")
language sql
stable
as $$
    select r.relation, (i_definition ->> 'trigger') || '_' || t.suffix,
           pg_catalog.format(t.clause, r.name),
           case when t.enabled = 'A' and (i_definition ->> 'origin_only')::bool then 'O' else t.enabled end::"char"
    from (values
        (1, 'statement', 'insert',
            'after insert on %s referencing new table as trunkline_new for each statement', 'O'),
        (2, 'statement', 'update', 'after update on %s referencing old table as trunkline_old '
            'new table as trunkline_new for each statement', 'O'),
        (3, 'statement', 'delete',
            'after delete on %s referencing old table as trunkline_old for each statement', 'O'),
        (4, 'statement', 'row', 'after insert or update or delete on %s for each row', 'R'),
        (5, 'statement', 'guard', 'after delete on %s referencing old table as trunkline_old for each row', 'D'),
        (6, 'row', 'row', 'after insert or update or delete on %s for each row', 'A'),
        (7, 'root', 'truncating', 'before truncate on %s for each statement', 'A'),
        (8, 'partition', 'partition', 'before truncate on %s for each statement', 'A'),
        (9, 'any', 'truncate', 'after truncate on %s for each statement', 'A')
    ) as t (position, kind, suffix, clause, enabled)
    join lateral (
        select (i_definition ->> 'oid')::oid as relation, i_definition ->> 'table' as name
        where t.kind in ('any', i_definition ->> 'mode')
           or (t.kind = 'root' and (i_definition ->> 'partitioned')::bool)
        union all
        select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname)
        from pg_catalog.pg_partition_tree((i_definition ->> 'oid')::oid::regclass) p
        join pg_catalog.pg_class c on c.oid = p.relid and c.relkind = 'r'
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where t.kind = 'partition' and (i_definition ->> 'partitioned')::bool
    ) as r on true
    where not (t.enabled = 'R' and (i_definition ->> 'origin_only')::bool)
    order by t.position, r.name
$$;
