-- Condition on the events of a lane.
--
-- Parameters: i_lane: number of the lane; i_lanes: how many there are; null: no lanes.
-- Returns: SQL over the columns of events.
-- May be called by: functions of this schema only.
create or replace function trunkline._lane_condition(i_lane int4, i_lanes int4)
returns text
language sql
immutable
as $$
    select case
        when i_lanes > 1
        then pg_catalog.format(
            'pg_catalog.mod(pg_catalog.mod(pg_catalog.hashtextextended(coalesce(ev_extra4, ev_id::text), 0), %1$s) + %1$s, %1$s)'
            ' = %2$s',
            i_lanes, i_lane)
        else 'true'
    end
$$;
