-- Generates captures again whose table was altered or whose triggers were lost, and forgets those of dropped tables.
--
-- Parameters: i_table: one table; null: all.
-- Returns: number of captures that were generated again or forgotten.
-- Errors: insufficient privilege; options that do not fit the altered table (see capture_check()). With i_table null these
--     are warnings, and the other captures are still refreshed.
-- May be called by: pgq_admin who owns the tables.
create or replace function trunkline.capture_refresh(i_table regclass default null)
returns int4
language plpgsql
as $$
declare
    _known trunkline.capture;
    _count int4 := 0;
begin
    for _known in
        select * from trunkline.capture c
        where i_table is null or c.table_oid = i_table
        order by c.schema_name, c.table_name, c.queue_name
    loop
        begin
            _count := _count + trunkline._capture_refresh(_known);
        exception
            when others then
                if i_table is not null then
                    raise;
                end if;
                raise warning 'capture of %.% into queue % cannot be refreshed: %',
                    _known.schema_name, _known.table_name, _known.queue_name, sqlerrm
                    using hint = 'Call trunkline.capture_refresh() with this table as its owner, or see trunkline.capture_check().';
        end;
    end loop;
    return _count;
end
$$;
