-- Checks that the snapshot of a stored tick is not in the future, as it is when a dump was restored into a cluster with
-- lower transaction ids. Batches would be empty then without a word.
--
-- Parameters: i_snapshot: snapshot of the last tick of a queue.
-- Errors: the snapshot begins in the future. A snapshot that only ends there is worth a warning.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._check_snapshot(i_snapshot txid_snapshot)
returns void
language plpgsql
as $$
declare
    _next int8 := txid_snapshot_xmax(txid_current_snapshot());
begin
    -- compared with what is known without drawing an id first: a ticker that has nothing to do should not use up ids
    if txid_snapshot_xmax(i_snapshot) <= _next then
        return;
    end if;
    _next := txid_current();
    if txid_snapshot_xmin(i_snapshot) > _next then
        raise exception 'Invalid PgQ state: old xmin=%, old xmax=%, cur txid=%',
                txid_snapshot_xmin(i_snapshot), txid_snapshot_xmax(i_snapshot), _next
            using errcode = 'data_corrupted',
                  hint = 'Raise the transaction id epoch of this cluster above the stored one (pg_resetwal --epoch).';
    end if;
    if txid_snapshot_xmax(i_snapshot) > _next then
        raise warning 'Dubious PgQ state: old xmax=%, cur txid=%', txid_snapshot_xmax(i_snapshot), _next;
    end if;
end
$$;
