-- Reads the last value of a sequence without drawing from it.
--
-- Parameters: i_seq_name: name of the sequence; without a schema, "public" is meant.
-- Returns: its last_value, which of an unused sequence is its start value.
-- Errors: no such sequence, no right to read it.
-- May be called by: everybody.
create or replace function pgq.seq_getval(i_seq_name text)
returns bigint
language plpgsql
strict
as $$
declare
    _value int8;
begin
    execute 'select last_value from ' || pgq.quote_fqname(i_seq_name) into _value;
    return _value;
end
$$;
