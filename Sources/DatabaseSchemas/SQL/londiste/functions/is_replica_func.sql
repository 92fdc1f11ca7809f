-- Whether a function is one of the queue's triggers.
--
-- May be called by: everybody.
create or replace function londiste.is_replica_func(func_oid oid)
returns bool
language sql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1 from pg_proc p
        where p.oid = func_oid and p.pronamespace = 'pgq'::regnamespace
          and p.proname in ('logutriga', 'sqltriga', 'jsontriga'))
        or exists (
        select 1 from pg_proc p
        where p.oid = func_oid and p.pronamespace = 'londiste'::regnamespace and p.proname = '_log_truncate')
$$;
