-- Reads the arguments of a trigger on a user's table.
--
-- Parameters: i_args: arguments of the trigger; i_op, i_when, i_level: operation, BEFORE or AFTER, ROW or STATEMENT.
-- Returns: queue: destination; skip, backup, deny: whether these options are there; ignored, pkey: lists of columns, null if
--     not given; overrides: SQL expressions by name of event field; condition: expression of when=.
-- Errors: no queue, unknown option, option or level that does not fit the kind of trigger.
-- May be called by: everybody.
create or replace function pgq._trigger_options(
    i_args text[],
    i_op text,
    i_when text,
    i_level text,
    out queue text,
    out skip bool,
    out backup bool,
    out deny bool,
    out ignored text,
    out pkey text,
    out overrides jsonb,
    out condition text)
returns record
language plpgsql
immutable
as $$
declare
    _arg text;
    _name text;
    _value text;
begin
    skip := false;
    backup := false;
    deny := false;
    overrides := '{}';

    foreach _arg in array coalesce(i_args, '{}') loop
        if queue is null then
            queue := _arg;
            continue;
        end if;
        _name := split_part(_arg, '=', 1);
        _value := case when strpos(_arg, '=') > 0 then substr(_arg, length(_name) + 2) end;
        case
            when _arg in ('SKIP', 'skip') then
                skip := true;
            when _arg = 'backup' then
                backup := true;
            when _arg = 'deny' then
                deny := true;
            when _name = 'ignore' and _value is not null then
                ignored := _value;
            when _name = 'pkey' and _value is not null then
                pkey := _value;
            when _name = 'when' and _value is not null then
                condition := _value;
            when _name in ('ev_type', 'ev_data', 'ev_extra1', 'ev_extra2', 'ev_extra3', 'ev_extra4')
                 and _value is not null then
                overrides := overrides || jsonb_build_object(_name, _value);
            else
                raise exception 'bad param to pgq trigger'
                    using detail = format('Argument ''%s'' is not known.', _arg),
                          hint = 'Known are SKIP, backup, deny, ignore=, pkey=, when=, ev_type=, ev_data=, ev_extra1= to'
                                 ' ev_extra4=.';
        end case;
    end loop;

    if queue is null then
        raise exception 'pgq trigger must have destination queue as argument';
    end if;
    if deny then
        return;
    end if;

    if i_op = 'TRUNCATE' then
        if i_level <> 'STATEMENT' then
            raise exception 'pgq tRuncate trigger must be fired FOR EACH STATEMENT';
        end if;
        if ignored is not null then
            raise exception 'Column ignore does not make sense for truncate trigger';
        end if;
        if pkey is not null then
            raise exception 'Custom pkey_list does not make sense for truncate trigger';
        end if;
        if backup then
            raise exception 'Backup does not make sense for truncate trigger';
        end if;
        if condition is not null or overrides <> '{}' then
            raise exception 'Custom expressions do not make sense for truncater trigger';
        end if;
    elsif i_level <> 'ROW' then
        raise exception 'pgq Ins/Upd/Del trigger must be fired FOR EACH ROW';
    end if;
    if skip and i_when <> 'BEFORE' then
        raise exception 'SKIP does not work in AFTER trigger.';
    end if;
end
$$;
