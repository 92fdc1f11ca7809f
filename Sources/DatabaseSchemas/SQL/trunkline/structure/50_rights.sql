-- Who may do what with one queue, besides the roles that may do it with all of them (pgq_writer, pgq_reader, pgq_admin). Roles are
-- kept by name, as a dump keeps them; a grant to a role that does not exist any more gives nothing. 'public' is everybody.
create table if not exists trunkline.queue_grant (
    queue_id   int4 not null references pgq.queue (queue_id) on delete cascade,
    role       name not null,
    privilege  text not null check (privilege in ('produce', 'consume', 'manage')),
    granted_by name not null,
    granted_at timestamptz not null default clock_timestamp(),
    primary key (queue_id, role, privilege)
);

-- Whose a consumer is. Roles with 'consume' on the queue may work as the consumers that they own, and as no other. Consumers that
-- were registered through pgq have no row here.
create table if not exists trunkline.consumer_owner (
    sub_queue    int4 not null,
    sub_consumer int4 not null,
    owner        name not null,
    primary key (sub_queue, sub_consumer),
    foreign key (sub_queue, sub_consumer) references pgq.subscription (sub_queue, sub_consumer) on delete cascade
);
