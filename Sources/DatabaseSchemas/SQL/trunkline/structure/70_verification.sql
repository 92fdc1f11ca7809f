-- How far `trunkline table verify` is with comparing this database, as a target, with another one. One row a table.
create table if not exists trunkline.verification (
    -- what is compared with what; see the option --name
    verification  text not null,
    table_name    text not null,
    -- rows up to this key were compared in this round; null: at the beginning
    position      text[],
    round         int8 not null default 1,
    round_started timestamptz not null default clock_timestamp(),
    -- of this round
    rows          int8 not null default 0,
    drifted       int8 not null default 0,
    -- the last round that was finished
    last_finished timestamptz,
    last_rows     int8,
    last_drifted  int8,
    updated_at    timestamptz not null default clock_timestamp(),
    primary key (verification, table_name)
);
