-- Query over the events of a batch, in no order.
--
-- An event belongs to the batch if the snapshot of the last tick (S1) does not see its transaction and the snapshot of the
-- current tick (S2) does. As a range of transaction ids that an index can use, that is xmax(S1) up to xmax(S2), and those
-- that were running at S1 and not any more at S2. Of these, the ones close to xmax(S1) are included by beginning the range
-- earlier; the others are looked up one by one. A visibility check is left out where the range alone decides.
--
-- Parameters: i_batch_id: the batch; i_columns: what to select from the event tables, as SQL.
-- Returns: text of a query without parameters.
-- Errors: no such batch.
-- May be called by: pgq_reader.
create or replace function pgq._batch_event_query(i_batch_id bigint, i_columns text)
returns text
language plpgsql
as $$
declare
    _select constant text := 'select ' || i_columns || ' from ';
    _sub record;
    _from int8;
    _to int8;
    _singles int8[] := '{}';
    _xid int8;
    _range text;
    _owner text;
    _sql text;
begin
    select s.sub_id, last.tick_snapshot as s1, cur.tick_snapshot as s2 into _sub
    from pgq.subscription s
    join pgq.tick last on last.tick_queue = s.sub_queue and last.tick_id = s.sub_last_tick
    join pgq.tick cur on cur.tick_queue = s.sub_queue and cur.tick_id = s.sub_next_tick
    where s.sub_batch = i_batch_id;
    if not found then
        raise exception 'batch not found'
            using detail = format('There is no open batch %s.', i_batch_id),
                  hint = 'It was finished, or its consumer was moved or removed.';
    end if;

    _from := txid_snapshot_xmax(_sub.s1);
    _to := txid_snapshot_xmax(_sub.s2) - 1;
    for _xid in
        select x from txid_snapshot_xip(_sub.s1) x where txid_visible_in_snapshot(x, _sub.s2) order by x desc
    loop
        if _xid >= _from - 100 then
            _from := _xid;
        else
            _singles := _singles || _xid;
        end if;
    end loop;

    _owner := format(' and (ev_owner is null or ev_owner = %s)', _sub.sub_id);
    _range := format(' where ev_txid between %s and %s', _from, _to);
    if _from < txid_snapshot_xmax(_sub.s1) then
        _range := _range || format(' and not txid_visible_in_snapshot(ev_txid, %L)', _sub.s1);
    end if;
    if exists (select 1 from txid_snapshot_xip(_sub.s2)) then
        _range := _range || format(' and txid_visible_in_snapshot(ev_txid, %L)', _sub.s2);
    end if;

    select string_agg(_select || t || _range || _owner
                      || case when _singles = '{}' then ''
                              else ' union all ' || _select || t
                                   || format(' where ev_txid = any (%L::bigint[])', _singles) || _owner end,
                      ' union all ')
    into _sql
    from pgq.batch_event_tables(i_batch_id) t;
    if _sql is null then
        raise exception 'could not construct sql for batch %', i_batch_id;
    end if;
    return _sql;
end
$$;
