-- Member map: the nodes of each queue and how to reach them. Every node has all of it.
create table if not exists pgq_node.node_location (
    queue_name    text not null,
    node_name     text not null,
    -- libpq connection string that other nodes use
    node_location text not null,
    dead          bool not null default false,

    primary key (queue_name, node_name)
);
