-- Captures: which tables write their changes into which queues. The triggers and the function of a capture are generated
-- from the row here and from the catalog; see functions/capture_add.sql.
create table if not exists trunkline.capture (
    table_oid     oid not null,
    queue_name    text not null,

    schema_name  text not null,
    table_name    text not null,

    -- what was asked for; null columns: all
    key_columns   text[],
    columns       text[],
    ignore        text[],
    when_expr     text,
    before        bool not null default false,
    origin_only   bool not null default false,

    -- what was generated
    mode          text not null,
    function_name text not null,
    signature     text not null,
    definition    jsonb not null,
    created_at    timestamptz not null default now(),
    changed_at    timestamptz not null default now(),

    constraint capture_pkey primary key (table_oid, queue_name),
    constraint capture_mode_check check (mode in ('statement', 'row'))
);
