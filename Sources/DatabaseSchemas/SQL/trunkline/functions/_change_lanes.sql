-- Changes the number of lanes of a consumer: its subscriptions, then the setting.
--
-- Parameters: i_sub: the subscription of the consumer; i_queue_name, i_consumer_name: its names; i_lanes: the number; null: none.
-- Errors: not above zero (invalid_parameter_value); lanes are not available (feature_not_supported).
-- May be called by: functions of this schema only.
create or replace function trunkline._change_lanes(
    i_sub pgq.subscription, i_queue_name text, i_consumer_name text, i_lanes int4)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if i_lanes < 1 then
        raise exception 'lanes cannot be "%"', i_lanes
            using errcode = 'invalid_parameter_value', hint = 'It must be above zero; null is for no order.';
    end if;
    if to_regprocedure('trunkline._set_lanes(text,text,int4)') is null then
        raise exception 'lanes are not available in this version'
            using errcode = 'feature_not_supported', hint = 'Upgrade the schema: trunkline schema upgrade.';
    end if;
    execute 'select trunkline._set_lanes($1, $2, $3)' using i_queue_name, i_consumer_name, i_lanes;
    insert into trunkline.consumer_setting as s (sub_queue, sub_consumer, lanes)
    values (i_sub.sub_queue, i_sub.sub_consumer, i_lanes)
    on conflict (sub_queue, sub_consumer) do update set lanes = excluded.lanes;
end
$$;
