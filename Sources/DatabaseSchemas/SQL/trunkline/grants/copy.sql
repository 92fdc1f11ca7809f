-- Copying and applying tables of sets is for londiste_writer; why one stands still may be read by those who look after it.
do $$
declare
    _role text;
begin
    for _role in select rolname from pg_catalog.pg_roles where rolname in ('pgq_reader', 'londiste_reader') loop
        execute pg_catalog.format('grant select on trunkline.set_copy to %I', _role);
    end loop;
    revoke all on function trunkline.take_over_copy(text, text, text, bigint) from public;
    if exists (select 1 from pg_catalog.pg_roles where rolname = 'londiste_writer') then
        grant select, insert, update, delete on trunkline.set_copy, trunkline.table_copy, trunkline.copy_range,
            trunkline.copied_table, trunkline.parked_ddl to londiste_writer;
        grant select, update (error, updated_at, events), delete on trunkline.position to londiste_writer;
        grant execute on function trunkline.begin_apply() to londiste_writer;
        grant execute on function trunkline.take_over_copy(text, text, text, bigint),
            trunkline.hold_position(uuid, text, text, bigint),
            trunkline.claim_position(uuid, int4, text, text, bigint, text, bigint),
            trunkline.advance_position(uuid, text, text, bigint, bigint, bigint) to londiste_writer;
    end if;
end
$$;
