-- Moves a sequence forward; it never goes back.
--
-- Parameters: i_seq_name: name of the sequence; i_new_value: the value it should have reached.
-- Returns: the value that the sequence has now.
-- Errors: no such sequence, no right to change it.
-- May be called by: pgq_admin.
create or replace function pgq.seq_setval(i_seq_name text, i_new_value bigint)
returns bigint
language plpgsql
strict
as $$
declare
    _name text := pgq.quote_fqname(i_seq_name);
    _value int8 := pgq.seq_getval(i_seq_name);
begin
    if _value < i_new_value then
        _value := setval(_name::regclass, i_new_value);
    end if;
    return _value;
end
$$;
