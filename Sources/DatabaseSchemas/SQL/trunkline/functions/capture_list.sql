-- All captures.
--
-- Returns: table, queue, mode (statement or row), key, the options as they were given to capture_add(), and when it was made
--     and last generated.
-- May be called by: pgq_reader.
create or replace function trunkline.capture_list()
returns table (
    table_name text, queue_name text, mode text, key_columns text[], columns text[], ignore text[], when_expr text,
    before bool, origin_only bool, created_at timestamptz, changed_at timestamptz)
language sql
stable
as $$
    select pg_catalog.format('%I.%I', c.schema_name, c.table_name), c.queue_name, c.mode, c.key_columns, c.columns, c.ignore,
           c.when_expr, c.before, c.origin_only, c.created_at, c.changed_at
    from trunkline.capture c
    order by c.schema_name, c.table_name, c.queue_name
$$;
