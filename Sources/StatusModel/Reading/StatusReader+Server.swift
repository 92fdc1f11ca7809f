import DatabaseSchemas
import PostgresClient
import SchemaInstaller

extension StatusReader {
  func server() async throws -> ServerStatus {
    let before = WallClock.seconds
    let rows = try await connection.query(
      """
      select current_database(), current_user, current_setting('server_version'), pg_is_in_recovery(),
             pg_has_role(current_user, 'pg_read_all_stats', 'usage')
               or (select rolsuper from pg_roles where rolname = current_user),
             extract(epoch from clock_timestamp())::float8,
             txid_snapshot_xmin(txid_current_snapshot()), age(d.datfrozenxid)::int8,
             current_setting('autovacuum_freeze_max_age')::int8, current_setting('autovacuum')::bool,
             current_setting('max_prepared_transactions')::int
      from pg_database d where d.datname = current_database()
      """)
    let after = WallClock.seconds
    guard let row = rows.first else { throw PostgresError(.decoding, "the server does not know its own database") }
    var status = ServerStatus()
    status.database = try row.decode(0)
    status.role = try row.decode(1)
    let version = try row.decode(2, as: String.self)
    status.version = version.split(separator: " ").first.map(String.init) ?? version
    status.isInRecovery = try row.decode(3)
    status.seesSessions = try row.decode(4)
    status.clockUncertainty = max(0, (after - before) / 2)
    status.clockDifference = try row.decode(5, as: Double.self) - (before + after) / 2
    status.oldestTransaction = try row.decode(6)
    status.transactionAge = try row.decode(7)
    status.freezeMaxAge = try row.decode(8)
    status.isAutovacuumOn = try row.decode(9)
    status.preparedLimit = try row.decode(10)
    return status
  }

  func schemas(_ visible: VisibleObjects) async throws -> [InstalledSchema] {
    if depth == .thorough, visible.canCall("trunkline.schema_fingerprint") || visible.schemas.isEmpty {
      return try await SchemaInstaller().status(on: connection).map { status in
        InstalledSchema(
          name: status.schema, state: InstalledSchema.State(rawValue: status.state.rawValue) ?? .modified,
          version: status.installedVersion)
      }
    }
    var installed: [String: String] = [:]
    if visible.sees("trunkline.installed_schema") {
      for row in try await connection.query("select schema_name, version from trunkline.installed_schema") {
        let (name, version) = try row.decode(String.self, String.self)
        installed[name] = version
      }
    }
    return DatabaseSchema.all.map { schema in
      guard visible.schemas.contains(schema.name) else { return InstalledSchema(name: schema.name, state: .missing) }
      guard let version = installed[schema.name] else { return InstalledSchema(name: schema.name, state: .foreign) }
      return InstalledSchema(
        name: schema.name, state: version == schema.version ? .current : .outdated, version: version)
    }
  }

  func missingRoles(_ visible: VisibleObjects) async throws -> [String] {
    guard visible.schemas.contains("pgq") else { return [] }
    return try await connection.query(
      """
      select r from unnest(array['pgq_reader', 'pgq_writer', 'pgq_admin']) r
      where not exists (select 1 from pg_roles where rolname = r)
      """
    ).map { try $0.decode(0) }
  }

  func metaTables(_ visible: VisibleObjects) async throws -> [MetaTable] {
    try await connection.query(
      """
      select n.nspname || '.' || c.relname, pg_total_relation_size(c.oid), pg_stat_get_live_tuples(c.oid),
             pg_stat_get_dead_tuples(c.oid),
             coalesce((select option_value::bool from pg_options_to_table(c.reloptions)
                       where option_name = 'autovacuum_enabled'), true)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where (n.nspname = 'pgq' and c.relname in ('queue', 'tick', 'subscription', 'retry_queue')
             or n.nspname = 'trunkline' and c.relname in ('position', 'consumer_lease', 'member_lease', 'delivery',
               'delayed_event', 'parked_event', 'sent_key'))
        and c.relkind = 'r'
      order by 1
      """
    ).map { row in
      MetaTable(
        name: try row.decode(0), bytes: try row.decode(1), liveRows: try row.decode(2), deadRows: try row.decode(3),
        isAutovacuumOn: try row.decode(4))
    }
  }
}
