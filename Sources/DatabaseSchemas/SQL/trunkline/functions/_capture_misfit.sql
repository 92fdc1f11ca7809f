-- Why a capture cannot simply be generated again for its altered table.
--
-- Parameters: i_definition: see _capture_definition(), made leniently.
-- Returns: null if nothing speaks against it.
-- May be called by: internal.
create or replace function trunkline._capture_misfit(i_definition jsonb)
returns text
language sql
immutable
as $$
    select case
        when i_definition ->> 'key_kind' = 'whole row' then 'The table has no key any more; events carry the whole row as key.'
        when i_definition ->> 'when' is null and i_definition -> 'options' ->> 'when' is not null
            then 'The filter does not work any more; every row is captured.'
    end
$$;
