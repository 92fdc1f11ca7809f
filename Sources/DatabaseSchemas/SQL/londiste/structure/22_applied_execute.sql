-- Scripts that were executed here. A name is good for one script, whichever queue brings it.
create table if not exists londiste.applied_execute (
    queue_name    text not null,
    execute_file  text not null,
    execute_time  timestamptz not null default now(),
    execute_sql   text not null,
    execute_attrs text,

    primary key (execute_file)
);
