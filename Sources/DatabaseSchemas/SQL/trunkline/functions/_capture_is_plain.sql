-- Whether an UPDATE without change of keys can be captured from its new rows alone.
--
-- Parameters: i_definition: see _capture_definition().
-- May be called by: internal.
create or replace function trunkline._capture_is_plain(i_definition jsonb)
returns bool
language sql
immutable
as $$
    select not (i_definition ->> 'before')::bool
        and not (i_definition ->> 'compare')::bool
        and i_definition ->> 'when' is null
        and not exists (select 1 from pg_catalog.jsonb_array_elements(i_definition -> 'key') k where k ->> 'hash' is null)
$$;
