-- The SQL for one call of a capture trigger, made from the catalog of this moment; for TRUNCATE, which is rare, and for a table
-- that was altered since its capture function was generated.
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
    _definition jsonb;
begin
    -- the trigger of a partition is a copy of its parent's
    _definition := trunkline._capture_definition((
        with recursive origin as (
            select t.oid, t.tgrelid, t.tgparentid from pg_catalog.pg_trigger t
            where t.tgrelid = i_relation and t.tgname = i_trigger
            union all
            select t.oid, t.tgrelid, t.tgparentid from origin o join pg_catalog.pg_trigger t on t.oid = o.tgparentid
        )
        select tgrelid from origin where tgparentid = 0), i_queue, i_options, true);
    return trunkline._capture_statement(_definition, i_op,
        case i_level when 'ROW' then 'parameter' else 'statement' end, true, false);
end
$$;
