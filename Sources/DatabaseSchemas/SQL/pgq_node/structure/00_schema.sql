-- Schema of cascaded queues: several databases, the nodes, hold the same queue with the same ticks, so that a consumer can go
-- on at any of them. Its interface is that of pgq_node 3.
create schema if not exists pgq_node;
