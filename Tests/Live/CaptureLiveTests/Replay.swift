/// Applies captured events, row by row, as the simplest possible consumer does.
enum Replay {
  static let sql = """
    create schema replay;

    create function replay.build(i_table text, i_name text) returns void language plpgsql as $$
    declare
        e record;
        _keys text[];
        _same text;
        _columns text;
        _values text;
    begin
        execute format('drop table if exists replay.%1$I; create table replay.%1$I (like %2$s)', i_name, i_table);
        for e in
            select t.* from pgq.event_template t
            where ev_extra1 = (select nspname || '.' || relname from pg_class c join pg_namespace n on n.oid = relnamespace
                               where c.oid = i_table::regclass)
            order by ev_id
        loop
            if e.ev_type::json ->> 'op' = 'TRUNCATE' then
                execute format('delete from replay.%I', i_name);
                continue;
            end if;
            _keys := array(select json_array_elements_text(e.ev_type::json -> 'pkey'));
            select string_agg(format('t.%1$I = r.%1$I', k), ' and ') into _same from unnest(_keys) k;
            if e.ev_extra3 is not null then
                execute format('delete from replay.%I t using json_populate_record(null::%s, $1) r where %s',
                    i_name, i_table, _same) using e.ev_extra3::json;
            end if;
            execute format('delete from replay.%I t using json_populate_record(null::%s, $1) r where %s',
                i_name, i_table, _same) using e.ev_data::json;
            if e.ev_type::json ->> 'op' <> 'DELETE' then
                -- json_populate_record takes a string for a json column as a JSON string, not as the text of the value
                select string_agg(quote_ident(c), ','), string_agg(case when a.atttypid in (114, 3802)
                    then format('($1 ->> %L)::%s', c, a.atttypid::regtype) else format('r.%I', c) end, ',')
                into _columns, _values
                from json_object_keys(e.ev_data::json) c
                join pg_attribute a on a.attrelid = format('replay.%I', i_name)::regclass and a.attname = c;
                execute format('insert into replay.%I (%s) select %s from json_populate_record(null::%s, $1) r',
                    i_name, _columns, _values, i_table) using e.ev_data::json;
            end if;
        end loop;
    end $$;

    -- Rows that are only in the table or only in what its events give; empty if there are none.
    create function replay.difference(i_table text, i_filter text default 'true', i_columns text default '*')
    returns text language plpgsql as $$
    declare
        _result text;
        _name text := 'copy_' || i_table::regclass::oid;
        _from text := case (select relkind from pg_class where oid = i_table::regclass) when 'r' then 'only ' else '' end
            || i_table;
    begin
        perform replay.build(i_table, _name);
        execute format(
            'with source as (select (x.*)::text as r from (select %4$s from %1$s where %3$s) x),
                  copy as (select (x.*)::text as r from (select %4$s from replay.%2$I) x)
             select string_agg(d, chr(10)) from (
                 select ''only in the table: '' || r from (select r from source except all select r from copy) x
                 union all
                 select ''only in the copy: '' || r from (select r from copy except all select r from source) x) x (d)',
            _from, _name, i_filter, i_columns) into _result;
        return coalesce(_result, '');
    end $$;
    """
}
