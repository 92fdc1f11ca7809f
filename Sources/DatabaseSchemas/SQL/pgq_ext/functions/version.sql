-- Version of pgq_ext whose interface this is.
--
-- May be called by: everybody.
create or replace function pgq_ext.version()
returns text
language plpgsql
as $$
begin
    return '3.1';
end
$$;
