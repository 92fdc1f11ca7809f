-- Called in the target: makes the session's temporary table pg_temp.trunkline_staged, into which events are copied before
-- insert_staged_events() puts them into queues. It belongs to the owner of this schema, so that nobody can attach code to it
-- that would run with that role's rights.
--
-- Columns: source_id: the event's id where it comes from; target_queue: where it goes to, '' or null: nowhere; ev_time: null: now;
--     ev_type, ev_data, ev_extra1 to ev_extra4. It is emptied by the end of each transaction.
-- Returns: nothing. The table may be there already.
-- Errors: somebody else made a table of this name (duplicate_table); the owner of the schema may not make temporary tables
--     (insufficient_privilege).
-- May be called by: everybody.
create or replace function trunkline.stage_events()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _found record;
begin
    select c.relowner::regrole as owner, c.relkind as kind into _found
    from pg_class c where c.oid = to_regclass('pg_temp.trunkline_staged');
    if not found then
        create temporary table trunkline_staged (
            source_id int8, target_queue text, ev_time timestamptz, ev_type text, ev_data text,
            ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text
        ) on commit delete rows;
        grant insert on pg_temp.trunkline_staged to public;
    elsif _found.owner <> current_user::regrole or _found.kind <> 'r' then
        raise exception 'this session has a table pg_temp.trunkline_staged of its own'
            using errcode = 'duplicate_table', hint = 'Drop it: drop table pg_temp.trunkline_staged.';
    end if;
end
$$;
