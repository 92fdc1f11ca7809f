-- Opens a cursor over the events of a batch, and returns the first of them. The rest is read with
-- "fetch <count> from <cursor>". The cursor lives until it is closed or the transaction ends.
--
-- Parameters: i_batch_id: the batch; i_cursor_name: name for the cursor; i_quick_limit: number of events to return at once;
--     0 or less: only open the cursor; i_extra_where: a condition over the columns of the events, as SQL, run with the
--     rights of the caller; null: none.
-- Returns: the first events, in the form of pgq.get_batch_events(). Nothing if one of the first three parameters is null.
-- Errors: no such batch.
-- May be called by: pgq_reader; the event tables are read with the rights of the caller.
create or replace function pgq.get_batch_cursor(
    i_batch_id bigint,
    i_cursor_name text,
    i_quick_limit int4,
    i_extra_where text,
    out ev_id bigint,
    out ev_time timestamptz,
    out ev_txid bigint,
    out ev_retry int4,
    out ev_type text,
    out ev_data text,
    out ev_extra1 text,
    out ev_extra2 text,
    out ev_extra3 text,
    out ev_extra4 text)
returns setof record
language plpgsql
as $$
declare
    _sql text;
begin
    if i_batch_id is null or i_cursor_name is null or i_quick_limit is null then
        return;
    end if;
    _sql := pgq.batch_event_sql(i_batch_id);
    if i_extra_where is not null then
        _sql := replace(_sql, ' order by 1', '');
        _sql := format('select * from (%s) events where (%s) order by 1', _sql, i_extra_where);
    end if;
    execute format('declare %I no scroll cursor for %s', i_cursor_name, _sql);
    if i_quick_limit > 0 then
        return query execute format('fetch %s from %I', i_quick_limit, i_cursor_name);
    end if;
end
$$;

create or replace function pgq.get_batch_cursor(
    i_batch_id bigint,
    i_cursor_name text,
    i_quick_limit int4,
    out ev_id bigint,
    out ev_time timestamptz,
    out ev_txid bigint,
    out ev_retry int4,
    out ev_type text,
    out ev_data text,
    out ev_extra1 text,
    out ev_extra2 text,
    out ev_extra3 text,
    out ev_extra4 text)
returns setof record
language plpgsql
strict
as $$
begin
    return query select * from pgq.get_batch_cursor(i_batch_id, i_cursor_name, i_quick_limit, null);
end
$$;
