-- All captures.
--
-- Returns: table, queue, mode (statement or row), key, options as given to capture_add().
-- May be called by: pgq_reader.
create or replace function trunkline.capture_list()
returns table (table_name text, queue_name text, mode text, key_columns text[], options jsonb, created_at timestamptz)
language sql
stable
as $$
    select pg_catalog.format('%I.%I', c.table_schema, c.table_name), c.queue_name, c.mode, c.key_columns,
           (c.definition -> 'options') - 'attnums', c.created_at
    from trunkline.capture c
    order by c.table_schema, c.table_name, c.queue_name
$$;
