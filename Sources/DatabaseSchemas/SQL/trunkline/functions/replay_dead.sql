-- Gives dead letters back to their consumer, and to no other, as if they had never failed. They come with one of the next ticks;
-- with lanes at once, or behind what is parked of their key.
--
-- Parameters: queue, consumer: whose; dead_id: of trunkline.list_dead(); null: all of them.
-- Returns: number of events given back.
-- Errors: those of _check_consumer_right(): the consumer must be registered.
-- May be called by: everybody, for consumers that he may work as.
create or replace function trunkline.replay_dead(queue text, consumer text, dead_id bigint default null)
returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    _sub pgq.subscription := trunkline._check_consumer_right(replay_dead.queue, replay_dead.consumer);
    _dead trunkline.dead_event;
    _event pgq.event_template;
    _count int8 := 0;
    _has_lanes bool;
begin
    -- whoever works on parked events of a lane holds its row
    perform 1 from pgq.subscription s
    where s.sub_queue = _sub.sub_queue and s.sub_id = _sub.sub_id and (s.sub_lane is not null or s.sub_consumer = _sub.sub_consumer)
    order by s.sub_lane
    for no key update;
    select s.sub_lane is not null into _has_lanes from pgq.subscription s
    where s.sub_queue = _sub.sub_queue and s.sub_consumer = _sub.sub_consumer;
    for _dead in
        with taken as (
            delete from trunkline.dead_event d
            where d.queue_id = _sub.sub_queue and d.consumer_name = replay_dead.consumer
              and (replay_dead.dead_id is null or d.dead_id = replay_dead.dead_id)
            returning d.*
        )
        select t.* from taken t order by t.ev_id, t.dead_id
    loop
        _event.ev_id := _dead.ev_id;
        _event.ev_time := _dead.ev_time;
        _event.ev_type := _dead.ev_type;
        _event.ev_data := _dead.ev_data;
        _event.ev_extra1 := _dead.ev_extra1;
        _event.ev_extra2 := _dead.ev_extra2;
        _event.ev_extra3 := _dead.ev_extra3;
        _event.ev_extra4 := _dead.ev_extra4;
        if _has_lanes then
            insert into trunkline.parked_key (sub_queue, main_consumer, hash, due_at)
            values (_sub.sub_queue, _sub.sub_consumer, trunkline._event_hash(_event), clock_timestamp())
            on conflict (sub_queue, main_consumer, hash) do nothing;
            perform trunkline._park(_sub, _sub.sub_consumer, _event, 0);
        else
            perform trunkline._retry_later(_sub, _event, 0, clock_timestamp());
        end if;
        _count := _count + 1;
    end loop;
    if _count > 0 and _has_lanes then
        perform trunkline._announce_due(clock_timestamp());
    end if;
    return _count;
end
$$;
