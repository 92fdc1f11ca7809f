-- Which process works for a node of this database, and the tick that ends the last batch which it brought in: on a branch, that
-- tick is made after the batch's transaction. How far the node is stands in pgq_node.local_state.
create table if not exists trunkline.node_lease (
    queue_name text not null,
    -- raised by every worker that starts; a worker with an older one is refused
    lease      int8 not null,
    holder     text,
    claimed_at timestamptz not null default clock_timestamp(),
    tick_id    int8,
    tick_time  timestamptz,
    event_seq  int8,
    primary key (queue_name)
) with (fillfactor = 50);
