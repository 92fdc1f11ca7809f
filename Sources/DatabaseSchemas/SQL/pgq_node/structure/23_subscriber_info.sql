-- Nodes that read from this one. Each has two consumers on the queue: its worker, and a watermark that keeps what is needed by
-- anybody below it.
create table if not exists pgq_node.subscriber_info (
    queue_name      text not null,
    subscriber_node text not null,
    worker_name     text not null,
    watermark_name  text not null,

    primary key (queue_name, subscriber_node),
    foreign key (queue_name) references pgq_node.node_info (queue_name),
    foreign key (queue_name, subscriber_node) references pgq_node.node_location (queue_name, node_name),
    foreign key (worker_name) references pgq.consumer (co_name),
    foreign key (watermark_name) references pgq.consumer (co_name)
);
