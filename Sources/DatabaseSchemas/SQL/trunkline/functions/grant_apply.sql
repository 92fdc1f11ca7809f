-- Called in the target: gives a role what a replication worker needs of this schema. The rights on the tables that are
-- replicated, and TEMPORARY on the database, are granted apart.
--
-- Parameters: i_role: an existing role.
-- Returns: nothing.
-- Errors: no such role (undefined_object); the caller does not own the schema (insufficient_privilege).
-- May be called by: the owner of the schema.
create or replace function trunkline.grant_apply(i_role name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('grant usage on schema trunkline to %I', i_role);
    execute format('grant select, update (error, updated_at, events) on trunkline.position to %I', i_role);
    execute format('grant select, insert, update (sync_snapshot) on trunkline.copied_table to %I', i_role);
    execute format('grant select, insert, update, delete on trunkline.table_copy, trunkline.copy_range, trunkline.parked_ddl '
                   'to %I', i_role);
    execute format('grant select, insert, delete on trunkline.load_partition to %I', i_role);
    execute format('grant select, insert, update on trunkline.conflict to %I', i_role);
    execute format('grant select, insert on trunkline.conflict_row to %I', i_role);
    execute format('grant execute on function trunkline.begin_apply() to %I', i_role);
    execute format('grant execute on function trunkline.reject_event(uuid, text, text, bigint, timestamptz, text, text, text, '
                   'text, text, text, text) to %I', i_role);
    execute format('grant execute on function trunkline.claim_position(uuid, int4, text, text, bigint, text, bigint), '
                   'trunkline.advance_position(uuid, text, text, bigint, bigint, bigint), '
                   'trunkline.hold_position(uuid, text, text, bigint) to %I', i_role);
end
$$;
