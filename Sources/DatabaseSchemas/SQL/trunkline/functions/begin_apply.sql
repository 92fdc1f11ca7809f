-- Called in the target by a worker that may not set session_replication_role: marks the open transaction as one that applies
-- changes of another database. Captures with origin_only make no events of what it writes. The mark ends with the transaction.
--
-- It is made of a secret, the session and the transaction, so nobody who was not granted this function can make it.
--
-- Returns: nothing.
-- May be called by: the owner of the schema and roles it is granted to, see grant_apply().
create or replace function trunkline.begin_apply()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('trunkline.applying', trunkline._apply_mark(), true);
end
$$;
