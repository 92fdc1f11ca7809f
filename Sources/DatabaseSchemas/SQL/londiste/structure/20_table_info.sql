-- Tables of a set. Every node knows all of them; those with "local" are replicated here.
create table if not exists londiste.table_info (
    nr              serial not null,
    queue_name      text not null,
    -- name in the set; dest_table is the name here, if it is another one
    table_name      text not null,
    local           bool not null default false,
    -- null: copy wanted, in-copy, catching-up, wanna-sync:TICK, do-sync:TICK, ok
    merge_state     text,
    -- of the source, taken by the copy: events of transactions that it sees are in the copy
    custom_snapshot text,
    -- what the copy dropped, to be made again
    dropped_ddl     text,
    -- urlencoded: handler, copy_node, skip_truncate, max_parallel_copy
    table_attrs     text,
    dest_table      text,

    primary key (queue_name, table_name),
    foreign key (queue_name) references pgq_node.node_info (queue_name) on delete cascade,
    check (dropped_ddl is null or merge_state in ('in-copy', 'catching-up'))
);
