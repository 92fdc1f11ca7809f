-- Publishes a value ahead of a sequence of the root, if it comes close to the one that was published: as many steps as three buffers
-- ahead, so that a node that becomes the root gives no number twice. The direction and the width of steps count; the value
-- stays within the bounds of the sequence.
--
-- Events: londiste.update-seq: ev_data value, ev_extra1 sequence.
-- May be called by: functions of this schema only.
create or replace function londiste._publish_seq(i_queue_name text, i_seq_name text, i_buffer int8)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _seq record;
    _current int8;
    _published int8;
    _value int8;
begin
    select s.seqincrement::numeric as step, s.seqmin, s.seqmax into _seq
    from pg_sequence s where s.seqrelid = londiste.find_seq_oid(i_seq_name);
    if not found then
        return;
    end if;
    execute format('select last_value from %s', londiste.quote_fqname(i_seq_name)) into _current;
    select s.last_value into _published from londiste.seq_info s
    where s.queue_name = i_queue_name and s.seq_name = i_seq_name for update;
    if _published <> 0 and (_current + i_buffer * _seq.step - _published) * sign(_seq.step) < 0 then
        return;
    end if;
    _value := greatest(least(_current + 3 * i_buffer * _seq.step, _seq.seqmax), _seq.seqmin);
    if _value = _published then
        return; -- at the end
    end if;
    update londiste.seq_info s set last_value = _value where s.queue_name = i_queue_name and s.seq_name = i_seq_name;
    perform pgq.insert_event(i_queue_name, 'londiste.update-seq', _value::text, i_seq_name, null, null, null);
end
$$;
