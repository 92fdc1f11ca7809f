-- Version of pgq_coop whose interface this is.
--
-- May be called by: everybody.
create or replace function pgq_coop.version()
returns text
language plpgsql
as $$
begin
    return '3.4';
end
$$;
