-- The mark of the open transaction, see begin_apply().
--
-- May be called by: internal.
create or replace function trunkline._apply_mark()
returns text
language sql
volatile
as $$
    select pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
        pg_catalog.concat_ws('/', s.secret, pg_catalog.pg_backend_pid(), pg_catalog.txid_current()), 'UTF8')), 'hex')
    from trunkline.apply_secret s
$$;
