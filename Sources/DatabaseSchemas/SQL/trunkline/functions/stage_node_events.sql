-- Makes the session's temporary table pg_temp.trunkline_node_events, into which the events of a batch are copied before
-- insert_node_events() puts them into the queue of a branch. It belongs to the owner of this schema, so that nobody can attach code
-- to it that would run with that role's rights.
--
-- Columns: as an event has them, with the id and time that it has at the provider. It is emptied by the end of each transaction.
-- Returns: nothing. The table may be there already.
-- Errors: somebody else made a table of this name (duplicate_table); the owner of the schema may not make temporary tables
--     (insufficient_privilege).
-- May be called by: pgq_admin.
create or replace function trunkline.stage_node_events()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    _found record;
begin
    select c.relowner::regrole as owner, c.relkind as kind into _found
    from pg_class c where c.oid = to_regclass('pg_temp.trunkline_node_events');
    if not found then
        create temporary table trunkline_node_events (
            ev_id int8, ev_time timestamptz, ev_txid int8, ev_retry int4, ev_type text, ev_data text,
            ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text
        ) on commit delete rows;
        -- what is kept for a moment only need not be compressed
        alter table pg_temp.trunkline_node_events alter column ev_data set storage external;
        grant select, insert on pg_temp.trunkline_node_events to public;
    elsif _found.owner <> current_user::regrole or _found.kind <> 'r' then
        raise exception 'this session has a table pg_temp.trunkline_node_events of its own'
            using errcode = 'duplicate_table', hint = 'Drop it: drop table pg_temp.trunkline_node_events.';
    end if;
end
$$;
