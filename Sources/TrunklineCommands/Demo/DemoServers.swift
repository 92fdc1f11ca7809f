import PostgresClient
import PostgresTesting
import SchemaInstaller

/// The demo's two servers: a shop that writes, and a warehouse that follows. Nobody in them works as superuser.
struct DemoServers: Sendable {
  let source: PrivateCluster
  let target: PrivateCluster

  static let sourceName = "shop"
  static let targetName = "warehouse"
  static let queue = "shop_changes"
  static let tables = ["pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers", "probe"]

  var sourceConnection: String { source.connectionString(database: Self.sourceName, user: Self.sourceName) }
  var targetConnection: String { target.connectionString(database: Self.targetName, user: Self.targetName) }

  /// Boots both.
  static func boot() async throws -> DemoServers {
    let settings = ["shared_buffers": "256MB", "max_wal_size": "2GB"]
    async let source = PrivateCluster.boot(ClusterConfiguration(settings: settings, durable: true))
    async let target = PrivateCluster.boot(ClusterConfiguration(settings: settings, durable: true))
    let servers = DemoServers(source: try await source, target: try await target)
    try await makeDatabase(Self.sourceName, on: servers.source)
    try await makeDatabase(Self.targetName, on: servers.target)
    return servers
  }

  private static func makeDatabase(_ name: String, on cluster: PrivateCluster) async throws {
    let tools = PostgresTools(cluster: cluster)
    // CREATEROLE only for the queue's three group roles.
    try await tools.psql("create role \(name) login createrole;")
    try await tools.psql("create database \(name) owner \(name);")
    // Where this right is missing (or cannot be given, before PostgreSQL 15) the worker orders its changes instead.
    _ = try await tools.tryPsql("grant set on parameter session_replication_role to \(name);")
  }

  /// pgbench's tables with rows in the source, without rows in the target, and both schemas' installation.
  func fill(scale: Int) async throws {
    try await pgbench(source, Self.sourceName, ["-i", "-q", "-s", "\(scale)"])
    try await pgbench(target, Self.targetName, ["-i", "-q", "-s", "\(scale)", "-I", "dtp"])
    // pgbench's history has no key; a probe row carries the time it was sent at, and the target notes its arrival.
    let tables = """
      alter table pgbench_history add column id bigint generated always as identity primary key;
      create table probe (id bigint generated always as identity primary key, sent timestamptz not null);
      """
    for (connection, extra) in [
      (sourceConnection, ""),
      (targetConnection, "alter table probe add column arrived timestamptz default clock_timestamp();"),
    ] {
      let connection = try await PostgresConnection.connect(PostgresConfiguration(connection))
      _ = try await SchemaInstaller().install(on: connection)
      try await connection.execute(tables + extra)
      await connection.close()
    }
  }

  private func pgbench(_ cluster: PrivateCluster, _ name: String, _ arguments: [String]) async throws {
    _ = try await PostgresTools(cluster: cluster, database: name, user: name).pgbench(arguments).runChecked()
  }

  /// Makes the queue and captures every table into it.
  func capture() async throws {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(sourceConnection))
    try await connection.query("select pgq.create_queue(\(Self.queue))")
    for table in Self.tables {
      try await connection.query("select trunkline.capture_add(\("public." + table)::regclass, \(Self.queue))")
    }
    await connection.close()
  }
}
