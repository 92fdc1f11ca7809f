-- Sequences of a set, with the value that was published last: it is ahead of the root's own.
create table if not exists londiste.seq_info (
    nr         serial not null,
    queue_name text not null,
    seq_name   text not null,
    local      bool not null default false,
    last_value int8 not null,

    primary key (queue_name, seq_name),
    foreign key (queue_name) references pgq_node.node_info (queue_name) on delete cascade
);
