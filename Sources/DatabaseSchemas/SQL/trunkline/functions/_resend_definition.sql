-- What the events of a table look like that resend_rows() makes.
--
-- Parameters: i_table, i_queue, i_name: see resend_rows().
-- Returns: see _capture_definition(); of a table that the original's trigger captures, as if our capture did. "schema" and "name"
--     are what the events say.
-- Errors: the table is not captured into the queue.
-- May be called by: internal.
create or replace function trunkline._resend_definition(i_table regclass, i_queue text, i_name text)
returns jsonb
language plpgsql
as $$
declare
    _definition jsonb;
    _options jsonb;
    _queue bytea := pg_catalog.convert_to(i_queue, pg_catalog.getdatabaseencoding());
begin
    select coalesce(c.definition -> 'options', '{}') into _options
    from trunkline.capture c
    where c.table_oid = i_table and c.queue_name = i_queue;
    if not found then
        -- the first argument of the original's triggers is the queue
        if not exists (
            select 1 from pg_catalog.pg_trigger t
            where t.tgrelid = i_table and not t.tgisinternal and t.tgnargs > 0
              and pg_catalog.substr(t.tgargs, 1, pg_catalog.octet_length(_queue) + 1) = _queue || '\x00'::bytea)
        then
            raise exception 'table % is not captured into queue "%"', i_table, i_queue
                using errcode = 'undefined_object', hint = 'See what is: trunkline table list.';
        end if;
        _options := '{}';
    end if;
    _definition := trunkline._capture_definition(i_table, i_queue, _options, true);
    if i_name is not null then
        _definition := _definition || pg_catalog.jsonb_build_object(
            'schema', pg_catalog.split_part(i_name, '.', 1),
            'name', pg_catalog.substr(i_name, pg_catalog.strpos(i_name, '.') + 1));
    end if;
    return _definition;
end
$$;
