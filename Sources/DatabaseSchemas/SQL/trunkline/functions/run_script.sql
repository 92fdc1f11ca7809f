-- Runs a script of several statements as part of the calling transaction, with the rights of the caller. It cannot end the
-- transaction.
--
-- Parameters: i_sql: the statements.
-- Returns: nothing.
-- Errors: those of the statements; the script begins or ends transactions (feature_not_supported, invalid_transaction_termination).
-- May be called by: everybody.
create or replace function trunkline.run_script(i_sql text)
returns void
language plpgsql
as $$
begin
    execute i_sql;
end
$$;
