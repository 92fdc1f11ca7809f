-- How a column's value gets into the JSON of an event: int2, int4, int8 and bool as they are, everything else as the exact
-- output of its type's output function.
--
-- A cast to text is not that: it strips the padding of char(n), adds /32 to inet, spells booleans out. So a value is
--   raw     if row_to_json itself calls the output function and quotes the result;
--   cast    if row_to_json has an own idea of the type (ISO 8601 times, nested JSON) and the cast to text does it;
--   output  if the cast to text is not the output function either: that function is called by name.
--
-- Parameters: i_type: type of the column.
-- Returns: format() pattern with one %s for the value.
-- May be called by: internal.
create or replace function trunkline._value_form(i_type oid)
returns text
language sql
stable
as $$
    select case
        when b.typtype in ('b', 'e', 'r', 'm')
             and b.typname not in ('float4', 'float8', 'numeric', 'date', 'timestamp', 'timestamptz', 'json', 'jsonb')
             and b.typsubscript <> 'pg_catalog.array_subscript_handler'::regproc
             and not exists (select 1 from pg_catalog.pg_cast c
                             where c.castsource = b.oid and c.casttarget = 'pg_catalog.json'::regtype)
            then '%s'
        when exists (select 1 from pg_catalog.pg_cast c
                     where c.castsource = b.oid and c.casttarget = 'pg_catalog.text'::regtype)
            then (select pg_catalog.format('pg_catalog.textin(%I.%I(%%s))', n.nspname, p.proname)
                  from pg_catalog.pg_proc p
                  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                  where p.oid = b.typoutput)
        else '%s::pg_catalog.text'
    end
    from pg_catalog.pg_type b
    where b.oid = trunkline._base_type(i_type)
$$;
