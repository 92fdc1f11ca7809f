import PostgresClient

extension StatusReader {
  func ticker(_ visible: VisibleObjects) async throws -> TickerPresence {
    var presence = TickerPresence()
    guard visible.sees("pgq.ticker_sleep_seq") else {
      presence.others = try await otherTickers()
      return presence
    }
    // The lock that Trunkline's ticker holds, which everybody sees.
    presence.trunkline = try await connection.query(
      """
      select l.pid from pg_locks l
      where l.locktype = 'advisory' and l.granted and l.objid = 0 and l.objsubid = 1
        and l.classid = 'pgq.ticker_sleep_seq'::regclass::oid
        and l.database = (select oid from pg_database where datname = current_database())
      """
    ).map { try $0.decode(0) }
    presence.isAsleep =
      try await connection.query("select coalesce(pg_sequence_last_value('pgq.ticker_sleep_seq'), 1) = 2")
      .first?.decode(0) ?? false
    presence.others = try await otherTickers()
    return presence
  }

  private func otherTickers() async throws -> [Int] {
    try await connection.query(
      """
      select pid from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name !~ '^trunkline'
        and (application_name ~ '^pgqd' or query ~* '^select .*pgq\\.(ticker|maint_(rotate|retry|operations))')
      order by 1
      """
    ).map { try $0.decode(0) }
  }

  /// The oldest transactions of the whole server: those of other databases hold rotation and vacuum as well.
  func transactions() async throws -> [RunningTransaction] {
    let rows = try await connection.query(
      """
      with now as (select txid_snapshot_xmax(txid_current_snapshot()) as xmax)
      select 'session' as kind, a.pid, null::text as gid, a.datname::text, a.usename::text, a.application_name, a.state,
             left(regexp_replace(a.query, '\\s+', ' ', 'g'), 200) as query,
             extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.backend_start))::float8 as age,
             xmax - ((xmax - a.backend_xid::text::int8) & 4294967295) as xid, a.backend_xmin is not null as holds_vacuum
      from pg_stat_activity a, now
      where a.pid <> pg_backend_pid() and (a.backend_xid is not null or a.backend_xmin is not null)
        and coalesce(a.xact_start, a.backend_start)
          <= clock_timestamp() - make_interval(secs => \(minimumTransactionAge))
        and a.backend_type = 'client backend'
      union all
      select 'prepared', null, p.gid, p.database::text, p.owner::text, null, 'prepared', null,
             extract(epoch from clock_timestamp() - p.prepared)::float8,
             xmax - ((xmax - p.transaction::text::int8) & 4294967295), true
      from pg_prepared_xacts p, now
      where p.prepared <= clock_timestamp() - make_interval(secs => \(minimumTransactionAge))
      order by age desc limit 20
      """)
    return try rows.map { row in
      var transaction = RunningTransaction(
        kind: RunningTransaction.Kind(rawValue: try row.decode("kind")) ?? .session, age: try row.decode("age"),
        transaction: try row.decode("xid"), pid: try row.decode("pid"), gid: try row.decode("gid"))
      transaction.database = try row.decode("datname")
      transaction.user = try row.decode("usename")
      transaction.application = try row.decode("application_name")
      transaction.state = try row.decode("state")
      transaction.query = try row.decode("query")
      transaction.holdsVacuum = try row.decode("holds_vacuum")
      return transaction
    }
  }
}
