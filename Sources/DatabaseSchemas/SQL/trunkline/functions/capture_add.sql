-- Captures the changes of a table into a queue.
--
-- Events: ev_type {"op":"INSERT|UPDATE|DELETE|TRUNCATE","table":["schema","table"],"pkey":["column"]}; ev_data the row as
-- JSON (int2, int4, int8 as numbers, bool as true and false, everything else a string: the exact text form of the type);
-- ev_extra1 schema.table; ev_extra2 the old row if asked for; ev_extra3 the old key if an UPDATE changed it. Applying the
-- events of a table in order as upserts and deletes by key gives the table.
--
-- Parameters:
--     i_table: an ordinary or partitioned table. Events of partitions name this table.
--     i_queue: name of an existing queue
--     i_options: JSON object with any of
--         key          list of columns that identify a row (default: primary key, else replica identity index)
--         columns      list of columns to capture, besides the key (default: all)
--         ignore       list of columns not to capture. An UPDATE that changes no captured column makes no event.
--         when         boolean expression over the columns: rows for which it is not true are as if they did not exist
--         before       true: the old row in ev_extra2
--         origin_only  true: not what arrives with session_replication_role = replica (logical replication, appliers)
--         name         [schema, table] that events carry instead of the table's own
--         letter       true: the event of a TRUNCATE has type R and no data, as PgQ's other triggers write it
-- Returns: added, replaced, or unchanged if the same capture is there already.
-- Errors: no such queue, table without key, unknown option or column, filter that does not work; insufficient privilege.
-- May be called by: pgq_admin who owns the table. The capture writes into the queue with the rights of the caller, so that
--     whoever writes the table needs none.
create or replace function trunkline.capture_add(i_table regclass, i_queue text, i_options jsonb default '{}')
returns text
language plpgsql
as $$
declare
    _known trunkline.capture;
    _definition jsonb;
begin
    perform trunkline._check_queue(i_queue);
    -- one at a time for a table, and no ALTER TABLE between reading the catalog and making the triggers
    execute pg_catalog.format('lock table %s in share row exclusive mode', i_table);
    _definition := trunkline._capture_definition(i_table, i_queue, coalesce(i_options, '{}'));

    select * into _known from trunkline.capture c where c.table_oid = i_table and c.queue_name = i_queue;
    if found and trunkline._capture_state(_known, _definition) = 'ok' then
        return 'unchanged';
    end if;

    if _definition ->> 'key_kind' = 'chosen' and not trunkline._is_unique_key(i_table, _definition -> 'key') then
        raise warning 'no unique index guarantees that the chosen key identifies one row of %', i_table
            using hint = 'Rows that share a key, or have NULL in it, cannot be told apart by whoever applies the events.';
    end if;

    perform trunkline._capture_install(_definition);
    return case when _known.table_oid is null then 'added' else 'replaced' end;
end
$$;
