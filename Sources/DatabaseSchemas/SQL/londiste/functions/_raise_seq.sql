-- Moves a sequence to a value, never backwards in the direction in which it counts.
--
-- May be called by: functions of this schema only.
create or replace function londiste._raise_seq(i_seq_name text, i_value int8)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _increment int8;
    _current int8;
begin
    select s.seqincrement into _increment from pg_sequence s where s.seqrelid = londiste.find_seq_oid(i_seq_name);
    if not found then
        return;
    end if;
    execute format('select last_value from %s', londiste.quote_fqname(i_seq_name)) into _current;
    if (i_value - _current) * sign(_increment) > 0 then
        perform setval(londiste.quote_fqname(i_seq_name)::regclass, i_value);
    end if;
end
$$;
