-- Version of PgQ whose interface this is. Clients compare it: pgqd wants the first character to be 3 or more.
--
-- May be called by: everybody.
create or replace function pgq.version()
returns text
language plpgsql
as $$
begin
    return '3.5.2';
end
$$;
