-- Begins the execution of a script, which the caller then runs in this transaction, and ends with execute_finish().
--
-- Parameters: i_file_name: name of the script, used once for ever; i_sql: its text; i_expect_root: refuse if this is not the root;
--     i_attrs: where to run it, urlencoded.
-- Returns: 200; 201 it was executed here; 401 not the root; 404 no such set.
-- May be called by: londiste_writer.
create or replace function londiste.execute_start(
    i_queue_name text,
    i_file_name text,
    i_sql text,
    i_expect_root bool,
    i_attrs text,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
begin
    _type := londiste._node_type(i_queue_name);
    if _type is null then
        raise exception 'queue does not exist: %', i_queue_name using errcode = 'undefined_object';
    elsif i_expect_root and _type <> 'root' then
        select 401, 'Node is not root node: ' || i_queue_name into ret_code, ret_note;
        return;
    end if;
    -- waits for one that executes the same at this moment, by way of another queue
    insert into londiste.applied_execute (queue_name, execute_file, execute_sql, execute_attrs)
    values (i_queue_name, i_file_name, i_sql, i_attrs)
    on conflict (execute_file) do nothing;
    if found then
        select 200, 'Executing: ' || i_file_name into ret_code, ret_note;
    else
        select 201, format('EXECUTE: "%s" already applied, skipping', i_file_name) into ret_code, ret_note;
    end if;
end
$$;

-- The same without attributes.
create or replace function londiste.execute_start(
    i_queue_name text, i_file_name text, i_sql text, i_expect_root bool, out ret_code int4, out ret_note text)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select e.ret_code, e.ret_note into ret_code, ret_note
    from londiste.execute_start(i_queue_name, i_file_name, i_sql, i_expect_root, null) e;
end
$$;
