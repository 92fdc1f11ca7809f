-- Fingerprint of everything in a table's definition that its capture function was generated from.
--
-- Declared immutable ON PURPOSE although it reads the catalog. A capture function compares it with a constant in a statement
-- over the table's transition rows: the call is folded into a constant when that statement is planned, so it costs nothing
-- per call; and ALTER TABLE invalidates the plan, so the next call sees the new fingerprint. Do not call it where a stale
-- plan would not be invalidated by a change of the table.
--
-- Parameters: i_table: oid of a table.
-- Returns: a digest; null if there is no such table.
-- May be called by: anybody.
create or replace function trunkline.table_signature(i_table oid)
returns text
language plpgsql
immutable
as $$
begin
    -- a volatile function inside, because only that sees what was committed after the snapshot of the calling statement
    return trunkline._table_shape(i_table);
end
$$;
