-- The lane of a hash.
--
-- Parameters: i_hash: see _event_hash(); i_lanes: number of lanes.
-- May be called by: functions of this schema only.
create or replace function trunkline._lane_of(i_hash bigint, i_lanes int4)
returns int4
language sql
immutable
as $$
    select pg_catalog.mod(pg_catalog.mod(i_hash, i_lanes) + i_lanes, i_lanes)::int4
$$;
