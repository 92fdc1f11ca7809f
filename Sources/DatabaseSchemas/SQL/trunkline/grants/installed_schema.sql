-- Everybody may see what is installed; only the owner records it.
grant usage on schema trunkline to public;
grant select on trunkline.installed_schema to public;
revoke all on function trunkline._record_schema(text, text, text, text[]) from public;
