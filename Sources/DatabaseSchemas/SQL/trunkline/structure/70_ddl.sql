-- Captured DDL: what becomes of commands on tables of a set. On the root, the set's commands are captured if it has rows here, and the
-- policy says how they are told to the others; on other nodes, a row overrules what they are told.
create table if not exists trunkline.ddl_policy (
    queue_name   text not null,
    change_class text not null,
    -- apply: run; hold: the node stops before the command until somebody decides; ignore: as if it had not been
    policy       text not null,

    constraint ddl_policy_pkey primary key (queue_name, change_class),
    constraint ddl_policy_class_check check (
        change_class in ('add column', 'drop column', 'alter type', 'index', 'constraint', 'other')),
    constraint ddl_policy_policy_check check (policy in ('apply', 'hold', 'ignore'))
);

-- What was decided on this node about single commands.
create table if not exists trunkline.ddl_decision (
    queue_name   text not null,
    -- ev_extra1 of the event
    command_name text not null,
    -- apply or skip
    decision     text not null,
    decided_at   timestamptz not null default now(),
    decided_by   text not null default session_user,

    constraint ddl_decision_pkey primary key (queue_name, command_name),
    constraint ddl_decision_decision_check check (decision in ('apply', 'skip'))
);
