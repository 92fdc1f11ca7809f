package import Logging
package import PostgresClient

/// Reads a ``StatusSnapshot``: a dozen statements on one connection, all on small tables and on the catalog, none on events.
///
/// Every part is read for itself; a part that the role may not read, or that is locked, is left out and named in
/// ``StatusSnapshot/unseen``.
package struct StatusReader: Sendable {
  /// How closely to look.
  package enum Depth: Sendable {
    /// For displays and metrics, every few seconds.
    case quick
    /// Compares the text of all functions and checks every capture, too.
    case thorough
  }

  let connection: PostgresConnection
  let depth: Depth
  /// Younger transactions are left out, in seconds.
  package var minimumTransactionAge = 5.0

  /// A reader over a connection that has nothing else to do meanwhile.
  package init(_ connection: PostgresConnection, depth: Depth = .quick) {
    self.connection = connection
    self.depth = depth
  }

  /// `configuration` with limits that keep a look from harming the server, or from hanging at a lock.
  package static func configuration(
    _ configuration: PostgresConfiguration, applicationName: String = "trunkline status"
  ) -> PostgresConfiguration {
    var limited = configuration
    limited.applicationName = applicationName
    limited.statementTimeout = .seconds(15)
    limited.lockTimeout = .milliseconds(500)
    limited.sessionSettings += [("default_transaction_read_only", "on"), ("search_path", "pg_catalog")]
    return limited
  }

  /// Connects, reads everything, and closes the connection.
  ///
  /// - Parameter configuration: as ``configuration(_:applicationName:)`` makes it.
  /// - Throws: `PostgresError`.
  package static func read(
    _ configuration: PostgresConfiguration, depth: Depth = .quick, logger: Logger
  ) async throws -> StatusSnapshot {
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      let snapshot = try await StatusReader(connection, depth: depth).read()
      await connection.close()
      return snapshot
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Reads everything.
  ///
  /// - Throws: `PostgresError` when the connection is lost, or when not even the catalog can be read.
  package func read() async throws -> StatusSnapshot {
    var snapshot = StatusSnapshot(server: try await server())
    let visible = try await VisibleObjects.read(connection)
    try await part("schemas", &snapshot) { snapshot in
      snapshot.schemas = try await schemas(visible)
      snapshot.missingRoles = try await missingRoles(visible)
    }
    if visible.sees("pgq.queue", "pgq.tick", "pgq.subscription", "pgq.consumer") {
      try await part("queues", &snapshot) { $0.queues = try await queues(&$0.unseen) }
      try await part("sizes of event tables", &snapshot) { try await sizes(&$0.queues) }
      try await part("consumers", &snapshot) { try await readConsumers(&$0, visible) }
      try await part("locks of event tables", &snapshot) { try await readTableLocks(&$0, visible) }
      try await part("what consumers keep", &snapshot) { try await readRetention(&$0, visible) }
      try await part("retried events", &snapshot) { try await readRetries(&$0, visible) }
      try await part("dead letters", &snapshot) { try await readDeadLetters(&$0, visible) }
      try await part("delayed events", &snapshot) { try await readDelayed(&$0, visible) }
      try await part("evictions", &snapshot) { $0.evictions = try await evictions(visible) }
    }
    try await part("ticker", &snapshot) { $0.ticker = try await ticker(visible) }
    try await part("transactions", &snapshot) { $0.transactions = try await transactions() }
    try await part("captures", &snapshot) { $0.captures = try await captures(visible) }
    try await part("positions of replications", &snapshot) { $0.replications = try await replications(visible) }
    try await part("nodes", &snapshot) { $0.nodes = try await nodes(visible) }
    try await part("sizes of Trunkline's own tables", &snapshot) { $0.metaTables = try await metaTables(visible) }
    snapshot.unseen += visible.unreadable.map { "\($0): role \(snapshot.server.role) may not read it" }
    if !snapshot.server.seesSessions {
      snapshot.unseen.append(
        "what sessions of other roles do: grant pg_read_all_stats to \(quotedIdentifier(snapshot.server.role))")
    }
    return snapshot
  }

  /// Reads a part; what the server refuses is noted, and the snapshot goes on without it.
  private func part(
    _ name: String, _ snapshot: inout StatusSnapshot, _ read: (inout StatusSnapshot) async throws -> Void
  ) async throws {
    do {
      try await read(&snapshot)
    } catch let error as PostgresError where error.code == .server {
      guard await !connection.isClosed else { throw error }
      snapshot.unseen.append("\(name): \(error.message)")
    }
  }
}
