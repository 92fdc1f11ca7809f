-- Makes the map of an open batch; see trunkline.batch_part. A map that is there is made anew.
--
-- Parameters: i_batch_id: the batch; i_lane, i_lanes: see _lane_condition().
-- Returns: whether there were events to map.
-- May be called by: functions of this schema only.
create or replace function trunkline._map_batch(i_batch_id bigint, i_lane int4, i_lanes int4)
returns bool
language plpgsql
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    _count int8;
begin
    delete from trunkline.batch_part where batch_id = i_batch_id;
    -- rank, not row_number: events of one id stay together
    execute format(
        'insert into trunkline.batch_part (batch_id, last_id, table_oid, file_node, places)'
        ' select %s, max(max(p.ev_id)) over (partition by p.part), p.tab, pg_relation_filenode(p.tab), array_agg(p.place)'
        ' from (select e.ev_id, e.tab, e.place, (rank() over (order by e.ev_id) - 1) / 1000 as part'
        '       from (%s) e where %s) p'
        ' group by p.part, p.tab',
        i_batch_id, pgq._batch_event_query(i_batch_id, 'ev_id, ev_extra4, tableoid as tab, ctid as place'),
        trunkline._lane_condition(i_lane, i_lanes));
    get diagnostics _count = row_count;
    return _count > 0;
end
$$;
