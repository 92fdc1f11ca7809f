-- Who holds up table switches that are due, so that events are not removed: consumers that stopped, transactions that run for long,
-- transactions that were prepared and forgotten, sessions that read the table that should be emptied, or a ticker that is not there.
--
-- It runs with the rights of its caller: everybody sees who blocks, with process and user; since when another user's transaction runs
-- and its query are seen by superusers, members of that user and members of pg_read_all_stats (all of pg_monitor) only.
--
-- Parameters: queue: name of a queue; null: all.
-- Returns: a row per queue and cause, the longest first: kind: 'consumer', 'transaction', 'prepared', 'slow lock' or 'ticker'; who: name
--     of the consumer, user, or global id; pid: of its session; age: since when (a consumer: how far it is behind); detail: the
--     query, shortened to 200 characters, or what is known; remedy: what to do. Without rows, no switch is held up.
-- May be called by: everybody.
create or replace function trunkline.rotation_blockers(
    queue text default null,
    out queue_name text,
    out kind text,
    out who text,
    out pid int4,
    out age interval,
    out detail text,
    out remedy text)
returns setof record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    _queue pgq.queue;
    _running int8[];
    _next text;
begin
    for _queue in
        select q.* from pgq.queue q
        where (rotation_blockers.queue is null or q.queue_name = rotation_blockers.queue)
          and q.queue_ntables > 1 and q.queue_switch_step2 is not null
          and q.queue_switch_time + q.queue_rotation_period < now()
        order by q.queue_name
    loop
        -- pgq.maint_rotate_tables_step1() asks that the last tick of every consumer, or without consumers the moment, is later
        -- than all transactions that were running when the table was switched
        select array_agg(x) into _running
        from txid_snapshot_xip(txid_current_snapshot()) x
        where x <= _queue.queue_switch_step2;

        return query
        select * from trunkline._blocking_consumers(_queue)
        union all
        select _queue.queue_name, 'transaction', a.usename::text, a.pid, clock_timestamp() - a.xact_start,
               case when a.state like 'idle in transaction%' then concat(a.state, ' since ', a.state_change, '; last query: ') end
                   || left(regexp_replace(a.query, '\s+', ' ', 'g'), 200),
               format('Let it commit, or end it: select pg_terminate_backend(%s);', a.pid)
        from pg_stat_activity a
        where a.backend_xid::text::int8 in (select x & 4294967295 from unnest(_running) x)
        union all
        select _queue.queue_name, 'prepared', p.gid, null, clock_timestamp() - p.prepared,
               format('prepared by %s in database %s', p.owner, p.database),
               format('Connect to database %s and: commit prepared %L; or rollback prepared %2$L;', p.database, p.gid)
        from pg_prepared_xacts p
        where p.transaction::text::int8 in (select x & 4294967295 from unnest(_running) x);

        _next := _queue.queue_data_pfx || '_' || (_queue.queue_cur_table + 1) % _queue.queue_ntables;
        return query
        select _queue.queue_name, 'slow lock', coalesce(a.usename::text, p.gid), l.pid,
               clock_timestamp() - coalesce(a.xact_start, p.prepared),
               concat(l.modes, ' on ', _next, ': ' || left(regexp_replace(a.query, '\s+', ' ', 'g'), 200)),
               case when l.pid is null then format('Commit or roll back the prepared transaction %L.', p.gid)
                    else format('Let it end, or end it: select pg_terminate_backend(%s);', l.pid) end
        from (
            select k.pid, k.virtualtransaction, string_agg(distinct k.mode, ', ') as modes
            from pg_locks k
            where k.locktype = 'relation' and k.granted and k.relation = to_regclass(_next)
              and k.database = (select d.oid from pg_database d where d.datname = current_database())
              and k.pid is distinct from pg_backend_pid()
            group by k.pid, k.virtualtransaction
        ) l
        left join pg_stat_activity a on a.pid = l.pid
        -- a prepared transaction has no process; it holds a lock of its own id, too
        left join pg_locks x
            on l.pid is null and x.locktype = 'transactionid' and x.granted and x.pid is null
            and x.virtualtransaction = l.virtualtransaction
        left join pg_prepared_xacts p on p.transaction = x.transactionid;
    end loop;
end
$$;
