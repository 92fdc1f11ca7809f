-- Event tables in which events of a batch may be: the current and the previous one as far as they are needed, and the
-- one that writers use if a table switch was begun but not completed. See maint_rotate_tables_step1.sql.
--
-- Parameters: x_batch_id: the batch.
-- Returns: qualified table names.
-- Errors: no such batch.
-- May be called by: pgq_reader.
-- Model: Sources/TestSupport/ScheduleExploration/Rotation, in which every schedule is explored. Change both.
create or replace function pgq.batch_event_tables(x_batch_id bigint)
returns setof text
language plpgsql
as $$
declare
    _batch record;
    _previous int4;
    _slot int4;
begin
    select q.queue_data_pfx, q.queue_ntables, q.queue_cur_table, q.queue_switch_step1, q.queue_switch_step2,
           txid_snapshot_xmin(last.tick_snapshot) as last_xmin, txid_snapshot_xmax(cur.tick_snapshot) as cur_xmax
    into _batch
    from pgq.subscription s
    join pgq.queue q on q.queue_id = s.sub_queue
    join pgq.tick last on last.tick_queue = s.sub_queue and last.tick_id = s.sub_last_tick
    join pgq.tick cur on cur.tick_queue = s.sub_queue and cur.tick_id = s.sub_next_tick
    where s.sub_batch = x_batch_id;
    if not found then
        raise exception 'Cannot find data for batch %', x_batch_id;
    end if;

    _previous := (_batch.queue_cur_table - 1 + _batch.queue_ntables) % _batch.queue_ntables;
    _slot := pg_sequence_last_value((_batch.queue_data_pfx || '_slot_seq')::regclass) % 1000000;

    if _batch.cur_xmax < _batch.queue_switch_step1 then
        return next _batch.queue_data_pfx || '_' || _previous;
    elsif _batch.queue_switch_step2 is not null and _batch.last_xmin > _batch.queue_switch_step2 then
        _previous := null;
        return next _batch.queue_data_pfx || '_' || _batch.queue_cur_table;
    else
        return next _batch.queue_data_pfx || '_' || _previous;
        if _previous <> _batch.queue_cur_table then
            return next _batch.queue_data_pfx || '_' || _batch.queue_cur_table;
        end if;
    end if;
    if _slot <> _batch.queue_cur_table and _slot is distinct from _previous then
        return next _batch.queue_data_pfx || '_' || _slot;
    end if;
end
$$;
