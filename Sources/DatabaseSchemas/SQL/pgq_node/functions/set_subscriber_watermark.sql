-- Tells up to which tick everything is finished on a subscriber and below it.
--
-- Returns: 200; 100 it is there already; 404 no such subscriber; 405 it would move backwards.
-- Errors: the tick is not here.
-- May be called by: pgq_reader, pgq_writer, pgq_admin.
create or replace function pgq_node.set_subscriber_watermark(
    i_queue_name text, i_node_name text, i_watermark int8, out ret_code int4, out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _consumer text;
    _current int8;
begin
    select s.watermark_name, w.sub_last_tick into _consumer, _current
    from pgq_node.subscriber_info s
    join pgq.queue q on q.queue_name = s.queue_name
    join pgq.consumer c on c.co_name = s.watermark_name
    join pgq.subscription w on w.sub_queue = q.queue_id and w.sub_consumer = c.co_id
    where s.queue_name = i_queue_name and s.subscriber_node = i_node_name
    for no key update of w;
    if not found then
        select 404, format('node %s not subscribed to queue %s', i_node_name, i_queue_name) into ret_code, ret_note;
    elsif i_watermark = _current then
        select 100, 'watermark already set' into ret_code, ret_note;
    elsif i_watermark < _current then
        select 405, 'watermark must not be moved backwards' into ret_code, ret_note;
    else
        perform pgq.register_consumer_at(i_queue_name, _consumer, i_watermark);
        select 200, format('%s set to %s', _consumer, i_watermark) into ret_code, ret_note;
    end if;
end
$$;
