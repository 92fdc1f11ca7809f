-- Reads events of an open batch in their order of delivery: by id, and by transaction id where somebody inserted several of one id.
-- Events that were set aside are left out.
--
-- Parameters: i_sub: the subscription with the batch; i_delivery: its row in trunkline.delivery; i_lanes: number of lanes of the
--     consumer, or null; i_after, i_upto: events with ids above the first and not above the second; i_limit: how many. Events of
--     one id are never separated, so there may be more.
-- Returns: events; ev_owner, ev_queue and ev_slot are null.
-- May be called by: functions of this schema only.
create or replace function trunkline._batch_events(
    i_sub pgq.subscription,
    i_delivery trunkline.delivery,
    i_lanes int4,
    i_after bigint,
    i_upto bigint,
    i_limit bigint)
returns setof pgq.event_template
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _source constant text :=
        'ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4,'
        ' tableoid as tab, ctid as place';
    _select constant text := format(
        'select ev_id, ev_time, ev_txid, null::int4, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4,'
        ' null::int4, null::int4 from (%%s) e where %s%s and %%s order by ev_id, ev_txid, tab, place',
        trunkline._lane_condition(i_sub.sub_lane, i_lanes),
        case when i_delivery.aside > 0
            then format(' and not exists (select 1 from trunkline.set_aside a where a.batch_id = %s and a.ev_id = e.ev_id'
                        ' and a.hash = hashtextextended(coalesce(e.ev_extra4, e.ev_id::text), 0))', i_sub.sub_batch)
            else '' end);
    _query text;
    _event pgq.event_template;
    _part_id int8;
    _last int8;
    _same int8 := 0;
    _count int8 := 0;
begin
    if i_delivery.mapped then
        _part_id := i_after;
        loop
            _query := null;
            select min(p.last_id) into _part_id
            from trunkline.batch_part p where p.batch_id = i_sub.sub_batch and p.last_id > _part_id;
            if _part_id is null then
                exit when _count > 0 or exists (select 1 from trunkline.batch_part p where p.batch_id = i_sub.sub_batch);
            else
                _query := trunkline._part_query(i_sub.sub_batch, _part_id, _source);
            end if;
            if _query is null then -- lost by a crash of the server, or tables were rewritten
                exit when not trunkline._map_batch(i_sub.sub_batch, i_sub.sub_lane, i_lanes);
                _part_id := coalesce(_last, i_after);
                continue;
            end if;
            for _event in
                execute format(_select, _query, 'ev_id > $1 and ($2 is null or ev_id <= $2)') using i_after, i_upto
            loop
                if _count >= i_limit and _event.ev_id <> _last then
                    return;
                end if;
                _last := _event.ev_id;
                _count := _count + 1;
                return next _event;
            end loop;
            exit when _part_id >= i_upto;
        end loop;
        return;
    end if;

    _query := pgq._batch_event_query(i_sub.sub_batch, _source);
    for _event in
        -- one more, to see whether the last id has more events
        execute format(_select, _query, 'ev_id > $1 and ($2 is null or ev_id <= $2)') || ' limit $3'
        using i_after, i_upto, least(i_limit, 9223372036854775806) + 1
    loop
        if _count >= i_limit and _event.ev_id <> _last then
            return;
        end if;
        _same := case when _event.ev_id = _last then _same + 1 else 1 end;
        _last := _event.ev_id;
        _count := _count + 1;
        return next _event;
    end loop;
    if _count > i_limit then
        return query execute format(_select, _query, 'ev_id = $1') || ' offset $2' using _last, _same;
    end if;
end
$$;
