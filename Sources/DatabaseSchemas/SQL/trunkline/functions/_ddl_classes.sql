-- What a command changes, by its text: classes as in ddl_policy.
--
-- Parameters: i_tag: tag of the command; i_bare: its text, see _ddl_bare(), or null.
-- May be called by: internal.
create or replace function trunkline._ddl_classes(i_tag text, i_bare text)
returns text[]
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when i_tag in ('CREATE INDEX', 'DROP INDEX', 'ALTER INDEX') then array['index']
        when i_tag = 'ALTER TABLE' then coalesce(nullif(array_remove(array[
            case when i_bare ~ '\madd\s+(?!constraint\M|primary\M|unique\M|check\M|foreign\M|exclude\M|generated\M)' then 'add column' end,
            case when i_bare ~ '\mdrop\s+(?!constraint\M|not\M|default\M|identity\M|expression\M)' then 'drop column' end,
            case when i_bare ~ '\malter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\M' then 'alter type' end,
            case when i_bare ~ ('\madd\s+(constraint|primary|unique|check|foreign|exclude)\M|\m(drop|validate|alter)\s+constraint\M'
                                '|\m(set|drop)\s+not\s+null\M') then 'constraint' end
        ], null), '{}'), array['other'])
        else array['other'] end
$$;
