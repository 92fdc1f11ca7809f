-- Refreshes one capture.
--
-- Parameters: i_known: what is registered.
-- Returns: 1 if something was done, 0 if all is well.
-- Errors: see capture_refresh().
-- May be called by: internal.
create or replace function trunkline._capture_refresh(i_known trunkline.capture)
returns int4
language plpgsql
as $$
declare
    _definition jsonb;
    _misfit text;
begin
    if not exists (select 1 from pg_catalog.pg_class c where c.oid = i_known.table_oid) then
        if pg_catalog.to_regclass(pg_catalog.format('%I.%I', i_known.schema_name, i_known.table_name)) is not null then
            return 0; -- made again or restored: only the owner knows whether it shall be captured
        end if;
        execute pg_catalog.format('drop function if exists trunkline.%I()', i_known.function_name);
        delete from trunkline.capture c where c.table_oid = i_known.table_oid and c.queue_name = i_known.queue_name;
        return 1;
    end if;

    _definition := trunkline._capture_definition(i_known.table_oid, i_known.queue_name, i_known.definition -> 'options', true);
    if trunkline._capture_state(i_known, _definition) = 'ok' then
        return 0;
    end if;
    execute pg_catalog.format('lock table %s in share row exclusive mode', i_known.table_oid::regclass);
    _definition := trunkline._capture_definition(i_known.table_oid, i_known.queue_name, i_known.definition -> 'options', true);
    _misfit := trunkline._capture_misfit(_definition);
    if _misfit is not null then
        raise exception 'capture of % does not fit the altered table: %', i_known.table_oid::regclass, _misfit
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Call trunkline.capture_add() with options that fit.';
    end if;
    perform trunkline._capture_install(_definition);
    return 1;
end
$$;
