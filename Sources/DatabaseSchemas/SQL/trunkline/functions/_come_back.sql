-- Gives a consumer that was evicted and is registered again what it had, and clears the record of the eviction.
--
-- Parameters: i_sub: the new subscription; i_queue_name, i_consumer_name: its names.
-- May be called by: functions of this schema only.
create or replace function trunkline._come_back(i_sub pgq.subscription, i_queue_name text, i_consumer_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _eviction trunkline.eviction;
begin
    delete from trunkline.eviction e where e.queue = i_queue_name and e.consumer = i_consumer_name
    returning * into _eviction;
    if not found then
        return;
    end if;
    if to_regrole(quote_ident(_eviction.owner)) is not null then
        perform trunkline._set_owner(i_sub.sub_queue, i_sub.sub_consumer, _eviction.owner);
    end if;
    insert into trunkline.consumer_setting
    select (jsonb_populate_record(
        null::trunkline.consumer_setting,
        _eviction.settings || jsonb_build_object(
            'sub_queue', i_sub.sub_queue, 'sub_consumer', i_sub.sub_consumer, 'lanes', null))).*;
    if _eviction.settings ->> 'lanes' is not null then
        perform trunkline._change_lanes(i_sub, i_queue_name, i_consumer_name, (_eviction.settings ->> 'lanes')::int4);
    end if;
end
$$;
