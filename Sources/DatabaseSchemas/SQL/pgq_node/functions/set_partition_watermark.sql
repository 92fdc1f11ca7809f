-- On a branch of a combined queue: notes up to which tick of one of its sources the combined queue has everything, so that the
-- leaf that reads this source here could take over.
--
-- Returns: 200; 201 no such source here, or this node is no branch.
-- May be called by: pgq_admin.
create or replace function pgq_node.set_partition_watermark(
    i_combined_queue_name text,
    i_part_queue_name text,
    i_watermark int8,
    out ret_code int4,
    out ret_note text)
returns record
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _type text;
    _worker text;
begin
    select c.node_type, p.worker_name into _type, _worker
    from pgq_node.node_info c
    join pgq_node.node_info p on p.combined_queue = c.queue_name
    where c.queue_name = i_combined_queue_name and p.queue_name = i_part_queue_name;
    if not found then
        select 201, 'Part-queue does not exist' into ret_code, ret_note;
    elsif _type <> 'branch' then
        select 201, 'Not a branch node, ignoring' into ret_code, ret_note;
    else
        update pgq_node.local_state l set last_tick_id = i_watermark
        where l.queue_name = i_part_queue_name and l.consumer_name = _worker;
        select 200, 'Ok' into ret_code, ret_note;
    end if;
end
$$;
