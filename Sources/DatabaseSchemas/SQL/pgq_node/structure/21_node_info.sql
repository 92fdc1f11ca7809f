-- What this database is for each cascaded queue. Only a leaf has no copy of the queue; one that fills another queue
-- here, from several sources, names it in combined_queue.
create table if not exists pgq_node.node_info (
    queue_name     text not null,
    node_type      text not null,
    node_name      text not null,
    worker_name    text,
    combined_queue text,
    -- urlencoded; known: sync_watermark
    node_attrs     text,

    primary key (queue_name),
    foreign key (queue_name, node_name) references pgq_node.node_location (queue_name, node_name),
    check (node_type in ('root', 'branch', 'leaf')),
    check (case when node_type = 'root' then worker_name is not null and combined_queue is null
                when node_type = 'branch' then worker_name is not null and combined_queue is null
                when node_type = 'leaf' then worker_name is not null
                else false end)
);
