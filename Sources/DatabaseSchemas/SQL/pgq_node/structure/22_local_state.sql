-- Cascaded consumers whose target is this database, the node's worker among them: where they read and what is done. A consumer
-- changes its row in the transaction that stores its work, so position and data are there together or not at all.
create table if not exists pgq_node.local_state (
    queue_name    text not null,
    consumer_name text not null,
    provider_node text not null,
    last_tick_id  int8 not null,
    cur_error     text,
    -- asked by an administrator; the consumer answers by setting uptodate
    paused        bool not null default false,
    uptodate      bool not null default false,

    primary key (queue_name, consumer_name),
    foreign key (queue_name) references pgq_node.node_info (queue_name),
    foreign key (queue_name, provider_node) references pgq_node.node_location (queue_name, node_name)
);
