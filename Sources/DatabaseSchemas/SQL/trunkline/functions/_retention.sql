-- What a consumer keeps from being removed.
--
-- Parameters: i_sub: the subscription; of a group or lanes the one of the consumer that they belong to. The slowest of them counts.
-- Returns: tick_id, tick_time: the last tick up to which everything is finished; age: for how long the next tick waits for the
--     consumer, zero if there is none; own_bytes: estimate of what is stored of events that it has not finished (heap, index and
--     TOAST, from the first transaction after the tick on); events: estimate of their number; holds_rotation: the next table
--     switch cannot be made before it goes on; held_tables, held_bytes: the tables that it keeps from being emptied by that,
--     with their whole size.
-- May be called by: functions of this schema only, with the rights of the owner.
create or replace function trunkline._retention(
    i_sub pgq.subscription,
    out tick_id int8,
    out tick_time timestamptz,
    out age interval,
    out own_bytes int8,
    out events int8,
    out holds_rotation bool,
    out held_tables text[],
    out held_bytes int8)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _tick pgq.tick;
    _table text;
    _slots int4[];
    _first text;
    _pages int8;
begin
    age := '0';
    own_bytes := 0;
    events := 0;
    holds_rotation := false;
    held_tables := '{}';
    held_bytes := 0;
    select * into _queue from pgq.queue where queue_id = i_sub.sub_queue;
    select min(s.sub_last_tick) into tick_id
    from pgq.subscription s
    where s.sub_queue = i_sub.sub_queue and s.sub_id = i_sub.sub_id;
    select * into _tick from pgq.tick t where t.tick_queue = i_sub.sub_queue and t.tick_id = _retention.tick_id;
    if not found then
        return;
    end if;
    tick_time := _tick.tick_time;

    -- what comes after the newest tick waits for the ticker
    select clock_timestamp() - t.tick_time into age
    from pgq.tick t
    where t.tick_queue = i_sub.sub_queue and t.tick_id > _retention.tick_id
    order by t.tick_id limit 1;
    if not found then
        age := '0';
        return;
    end if;
    age := greatest(age, '0');

    events := greatest(0, (
        select t.tick_event_seq from pgq.tick t where t.tick_queue = i_sub.sub_queue order by t.tick_id desc limit 1)
        - _tick.tick_event_seq);
    holds_rotation := _queue.queue_switch_step2 is null
        or txid_snapshot_xmin(_tick.tick_snapshot) <= _queue.queue_switch_step2;

    -- previous and current table, and the one that writers use after a switch that was cut off: see pgq.batch_event_tables()
    _slots := array[(_queue.queue_cur_table - 1 + _queue.queue_ntables) % _queue.queue_ntables, _queue.queue_cur_table,
                    pg_sequence_last_value((_queue.queue_data_pfx || '_slot_seq')::regclass) % 1000000]; -- see pgq._close_queue()
    for _table in select distinct _queue.queue_data_pfx || '_' || slot from unnest(_slots) slot order by 1 loop
        if holds_rotation then
            held_tables := held_tables || _table;
            held_bytes := held_bytes + pg_total_relation_size(_table::regclass);
        end if;
        -- rows are appended, so what comes after the first one that is not finished is not finished either, roughly
        execute format('select ctid::text from %s where ev_txid >= $1 order by ev_txid limit 1', _table)
        into _first using txid_snapshot_xmax(_tick.tick_snapshot);
        if _first is not null then
            _pages := pg_relation_size(_table::regclass) / current_setting('block_size')::int8;
            own_bytes := own_bytes + (pg_total_relation_size(_table::regclass)
                * ((_pages - ltrim(split_part(_first, ',', 1), '(')::int8)::numeric / greatest(_pages, 1)))::int8;
        end if;
    end loop;
end
$$;
