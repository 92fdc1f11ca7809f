-- What is installed here, schema by schema, for `trunkline schema status` and upgrades.
create table if not exists trunkline.installed_schema (
    schema_name  text primary key,
    version      text not null,
    -- of the text that was installed
    checksum     text not null,
    -- the functions that the text makes; others in the schema are somebody else's or generated
    functions    text[] not null,
    -- of what the text made, see functions/schema_fingerprint.sql
    fingerprint  text not null,
    installed_at timestamptz not null default clock_timestamp(),
    installed_by text not null default current_user
);
