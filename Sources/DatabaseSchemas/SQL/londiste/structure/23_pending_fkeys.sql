-- Foreign keys that a copy dropped, to be made again when both tables are in sync.
create table if not exists londiste.pending_fkeys (
    from_table text not null,
    to_table   text not null,
    fkey_name  text not null,
    fkey_def   text not null,

    primary key (from_table, fkey_name)
);
