-- The SQL for one call of a capture trigger, made from the catalog of this moment; for TRUNCATE, which is rare, and for a
-- table that was altered since its capture function was generated.
--
-- Parameters: i_relation, i_trigger, i_op, i_level: TG_RELID, TG_NAME, TG_OP, TG_LEVEL; i_queue, i_options: of the capture.
-- Returns: statement for EXECUTE; at row level $1 is OLD and $2 is NEW.
-- May be called by: capture functions.
create or replace function trunkline._capture_dynamic(
    i_relation oid, i_trigger name, i_op text, i_level text, i_queue text, i_options jsonb)
returns text
language plpgsql
as $$
declare
    _captured oid;
    _definition jsonb;
begin
    -- of a partition: the table above it that is captured by the same function
    select a.relation into _captured
    from pg_catalog.unnest(array[i_relation]
        || array(select p::oid from pg_catalog.pg_partition_ancestors(i_relation) p)) with ordinality as a (relation, height)
    join pg_catalog.pg_trigger t on t.tgrelid = a.relation
    where t.tgfoid = (select x.tgfoid from pg_catalog.pg_trigger x where x.tgrelid = i_relation and x.tgname = i_trigger)
    order by a.height desc
    limit 1;
    if i_trigger ~ '_partition$' then
        if _captured = i_relation then
            return 'select 1'; -- detached
        end if;
        _definition := trunkline._capture_definition(_captured, i_queue, i_options, true);
        return trunkline._capture_statement(_definition || pg_catalog.jsonb_build_object('from', (
                select pg_catalog.format('only %I.%I', n.nspname, c.relname)
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.oid = i_relation)),
            'CLEAR', 'statement', true, false);
    end if;
    _definition := trunkline._capture_definition(_captured, i_queue, i_options, true);
    return trunkline._capture_statement(_definition, i_op,
        case i_level when 'ROW' then 'parameter' else 'statement' end, true, false);
end
$$;
