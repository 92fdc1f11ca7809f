-- What only functions of the owner of this schema can read: the worker's mark on its transactions is made of it, see
-- functions/begin_apply.sql.
create table if not exists trunkline.apply_secret (
    is_only bool primary key default true check (is_only),
    secret  text not null default gen_random_uuid()::text || gen_random_uuid()::text
);

insert into trunkline.apply_secret default values on conflict do nothing;
