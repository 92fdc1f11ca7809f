-- Privileges: what londiste grants, and nothing else. Grants to a role that is missing are skipped.
do $$
declare
    _item record;
begin
    grant usage on schema londiste to public;
    for _item in
        select p.oid::pg_catalog.regprocedure as name, p.proname as plain from pg_catalog.pg_proc p
        where p.pronamespace = 'londiste'::pg_catalog.regnamespace and p.prokind = 'f'
    loop
        execute pg_catalog.format('revoke all on function %s from public', _item.name);
        if _item.plain in ('version', 'find_column_types', 'find_table_fkeys', 'find_rel_oid', 'find_table_oid', 'find_seq_oid',
                           'quote_fqname', 'make_fqname', 'split_fqname', 'is_replica_func')
            -- called by a trigger with the rights of who empties the table
            or _item.plain = '_log_truncate'
        then
            execute pg_catalog.format('grant execute on function %s to public', _item.name);
            continue;
        end if;
        if exists (select 1 from pg_catalog.pg_roles where rolname = 'londiste_writer') then
            execute pg_catalog.format('grant execute on function %s to londiste_writer', _item.name);
        end if;
        if _item.plain in ('get_seq_list', 'get_table_list', '_coordinate_copy')
            and exists (select 1 from pg_catalog.pg_roles where rolname = 'londiste_reader')
        then
            execute pg_catalog.format('grant execute on function %s to londiste_reader', _item.name);
        end if;
        if _item.plain in ('root_check_seqs', 'periodic_maintenance', '_publish_seq', '_node_type')
            and exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin')
        then
            execute pg_catalog.format('grant execute on function %s to pgq_admin', _item.name);
        end if;
    end loop;

    grant select on londiste.table_info, londiste.seq_info, londiste.applied_execute, londiste.pending_fkeys to public;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'pgq_admin') then
        grant insert, update, delete
            on londiste.table_info, londiste.seq_info, londiste.applied_execute, londiste.pending_fkeys to pgq_admin;
    end if;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'londiste_writer') then
        grant usage on sequence londiste.table_info_nr_seq, londiste.seq_info_nr_seq to londiste_writer;
    end if;
end
$$;
