-- Id of a consumer name, which is made if it is new. Nobody can remove the name before the transaction ends.
--
-- Parameters: i_name: the name.
-- May be called by: functions of the owner of the schema.
create or replace function pgq._consumer_id(i_name text)
returns int4
language plpgsql
as $$
declare
    _id int4;
begin
    -- the row may be removed between the two statements
    loop
        insert into pgq.consumer (co_name)
        select i_name
        where not exists (select 1 from pgq.consumer where co_name = i_name)
        on conflict (co_name) do nothing;
        select co_id into _id from pgq.consumer where co_name = i_name for key share;
        if found then
            return _id;
        end if;
    end loop;
end
$$;
