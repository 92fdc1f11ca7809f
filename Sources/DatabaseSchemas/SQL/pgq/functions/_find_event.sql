-- Finds one event of an open batch.
--
-- There is no index on event ids, as it would cost every producer. But events are appended, so event ids grow with the position
-- in the table, apart from those that were inserted at the same time or retried. So the place of the event in a big batch is
-- searched by halving, and some pages around it are read; only if it is not there, the whole batch is.
--
-- Parameters: i_batch_id: the batch; i_event_id: the event.
-- Returns: columns of the event, all null if there is none.
-- Errors: no such batch.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._find_event(
    i_batch_id int8,
    i_event_id int8,
    out ev_id int8,
    out ev_time timestamptz,
    out ev_retry int4,
    out ev_type text,
    out ev_data text,
    out ev_extra1 text,
    out ev_extra2 text,
    out ev_extra3 text,
    out ev_extra4 text)
returns record
language plpgsql
as $$
declare
    _columns constant text := 'select ev_id, ev_time, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4';
    _around constant int8 := 16;
    _batch record;
    _table text;
    _low int8;
    _high int8;
    _middle int8;
    _id int8;
begin
    select s.sub_id, last.tick_snapshot as s1, cur.tick_snapshot as s2,
           cur.tick_event_seq - last.tick_event_seq > 1000 as is_big
    into _batch
    from pgq.subscription s
    join pgq.tick last on last.tick_queue = s.sub_queue and last.tick_id = s.sub_last_tick
    join pgq.tick cur on cur.tick_queue = s.sub_queue and cur.tick_id = s.sub_next_tick
    where s.sub_batch = i_batch_id;

    if _batch.is_big then
        for _table in select pgq.batch_event_tables(i_batch_id) loop
            -- page _low begins with an event that is not younger, page _high with one that is, or is the end
            _low := 0;
            _high := pg_relation_size(_table::regclass) / current_setting('block_size')::int8;
            while _high - _low > 1 loop
                _middle := (_low + _high) / 2;
                execute format('select t.ev_id from %s t where t.ctid >= ''(%s,0)'' and t.ctid < ''(%s,0)'' limit 1',
                               _table, _middle, _high)
                into _id;
                if _id <= i_event_id then
                    _low := _middle;
                else
                    _high := _middle;
                end if;
            end loop;
            execute format(
                '%s from %s where ctid >= ''(%s,0)'' and ctid < ''(%s,0)'' and ev_id = %s'
                ' and not txid_visible_in_snapshot(ev_txid, %L) and txid_visible_in_snapshot(ev_txid, %L)'
                ' and (ev_owner is null or ev_owner = %s) limit 1',
                _columns, _table, greatest(_low - _around, 0), _high + _around, i_event_id,
                _batch.s1, _batch.s2, _batch.sub_id)
            into ev_id, ev_time, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4;
            if ev_id is not null then
                return;
            end if;
        end loop;
    end if;

    execute format('%s from (%s) events where ev_id = %s limit 1',
                   _columns, replace(pgq.batch_event_sql(i_batch_id), ' order by 1', ''), i_event_id)
    into ev_id, ev_time, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4;
end
$$;
