-- One row per queue: its settings, its table rotation state and the names of its event tables and sequences.
create table if not exists pgq.queue (
    queue_id                 serial not null,
    queue_name               text not null,

    -- event tables: number of them, and which one is the current one (the truth for writers is the slot sequence)
    queue_ntables            int4 not null default 3,
    queue_cur_table          int4 not null default 0,
    queue_rotation_period    interval not null default '2 hours',
    -- transaction that made the last switch, and one that began after the switch was committed (null: half done)
    queue_switch_step1       int8 not null default txid_current(),
    queue_switch_step2       int8 default txid_current(),
    queue_switch_time        timestamptz not null default now(),

    queue_external_ticker    bool not null default false,
    queue_disable_insert     bool not null default false,
    queue_ticker_paused      bool not null default false,

    queue_ticker_max_count   int4 not null default 500,
    queue_ticker_max_lag     interval not null default '3 seconds',
    queue_ticker_idle_period interval not null default '1 minute',
    queue_per_tx_limit       int4,

    queue_data_pfx           text not null,
    queue_event_seq          text not null,
    queue_tick_seq           text not null,
    queue_extra_maint        text[],

    constraint queue_pkey primary key (queue_id),
    constraint queue_name_uq unique (queue_name)
);
