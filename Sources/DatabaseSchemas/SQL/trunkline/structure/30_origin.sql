-- Who this database is, as a source of events: positions that other databases keep refer to this id and epoch.
-- A copy of the database (from a template or a dump) carries the id along; give it one of its own by deleting the row and
-- installing again. The epoch is raised when the queue's past was rewritten, for example after a restore to a point in time.
create schema if not exists trunkline;

create table if not exists trunkline.origin (
    is_only   bool primary key default true check (is_only),
    origin_id uuid not null default gen_random_uuid(),
    epoch     int4 not null default 1
);

insert into trunkline.origin default values on conflict do nothing;
