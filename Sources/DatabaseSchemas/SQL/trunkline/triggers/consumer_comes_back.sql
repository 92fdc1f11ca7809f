-- A consumer that was evicted and is registered again gets back its owner and its settings, and with these its limits, whoever
-- registers it and through which interface. The record of the eviction is cleared; what was missed is reported once more.
create or replace function trunkline._consumer_comes_back()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _eviction trunkline.eviction;
begin
    delete from trunkline.eviction e
    using pgq.queue q, pgq.consumer c
    where q.queue_id = new.sub_queue and c.co_id = new.sub_consumer and e.queue = q.queue_name and e.consumer = c.co_name
    returning e.* into _eviction;
    if not found then
        return null;
    end if;

    if to_regrole(quote_ident(_eviction.owner)) is not null then
        perform trunkline._set_owner(new.sub_queue, new.sub_consumer, _eviction.owner);
    end if;
    insert into trunkline.consumer_setting
    select (jsonb_populate_record(
        null::trunkline.consumer_setting,
        _eviction.settings || jsonb_build_object(
            'sub_queue', new.sub_queue, 'sub_consumer', new.sub_consumer, 'lanes', null))).*;
    if _eviction.settings ->> 'lanes' is not null then
        perform trunkline._change_lanes(
            new, _eviction.queue, _eviction.consumer, (_eviction.settings ->> 'lanes')::int4);
    end if;
    raise warning 'consumer "%" of queue "%" comes back after its eviction', _eviction.consumer, _eviction.queue
        using detail = format('About %s events after tick %s (%s) were skipped, except those that it sees again now.',
                              _eviction.events_estimate, _eviction.last_tick, _eviction.last_tick_time);
    return null;
end
$$;

drop trigger if exists consumer_comes_back on pgq.subscription;
create trigger consumer_comes_back after insert on pgq.subscription
for each row execute function trunkline._consumer_comes_back();
