package import EventFormats
package import EventQueue
package import PostgresClient

/// A table of a set, as far as the worker of a node applies events to it.
package struct AppliedTable: Sendable, Equatable {
  /// The name in the set, as it stands in ev_extra1 of the table's events.
  package var name: String
  /// The table here.
  package var destination: QualifiedName
  /// The urlencoded attributes of `londiste.table_info`, for example the handler.
  package var attributes: String?
  /// What a copy from this provider saw: events of transactions that it sees are in the table already.
  package var snapshot: String?

  package init(_ name: String, to destination: QualifiedName, attributes: String? = nil, snapshot: String? = nil) {
    self.name = name
    self.destination = destination
    self.attributes = attributes
    self.snapshot = snapshot
  }
}

extension AppliedTable {
  /// All tables of a set that are here, in sync or not.
  ///
  /// - Throws: `PostgresError`.
  static func local(_ queue: String, _ connection: PostgresConnection) async throws -> [AppliedTable] {
    let query: PostgresQuery = """
      select table_name, dest_table, table_attrs from londiste.table_info where queue_name = \(queue) and local
      """
    return try await connection.query(query.prepared()).map { row in
      let (name, destination, attributes) = try row.decode(String.self, String?.self, String?.self)
      return AppliedTable(name, to: try QualifiedName(unquoted: destination ?? name), attributes: attributes)
    }
  }
}

/// Decides which tables a node's worker applies its batches to. Copies of tables are begun, handed over and ended here.
///
/// One instance serves one session of a worker, which calls it from one task: ``tables(for:_:)`` before the transaction of
/// every batch, then one of ``committed(_:)`` and ``rolledBack(_:)``, and ``stop()`` at its end.
package protocol SetTables: Sendable {
  /// Whether a batch may join several ticks. A table is handed over at the border of a batch, so where one waits for a
  /// certain tick, this must be `false` until then.
  func mayJoinTicks(_ session: SetSession) async throws -> Bool

  /// The tables that this batch is applied to, none of them twice. May wait: the batch begins when this returns.
  ///
  /// Also asked when a batch is tried again after a failure.
  ///
  /// - Throws: `PostgresError`; ``ApplyError``; then the batch is tried again later.
  func tables(for batch: EventBatch, _ session: SetSession) async throws -> [AppliedTable]

  /// Told that the batch is in the database.
  func committed(_ batch: EventBatch) async

  /// Told that the batch failed.
  func rolledBack(_ batch: EventBatch) async

  /// Told that there is no batch after `tick` now, at least once in the worker's poll interval.
  func idle(after tick: Int64, _ session: SetSession) async throws

  /// Ends what runs beside the worker, such as copies. Their state stays, for the next session.
  func stop() async
}

extension SetTables {
  package func mayJoinTicks(_ session: SetSession) async throws -> Bool { true }
  package func committed(_ batch: EventBatch) async {}
  package func rolledBack(_ batch: EventBatch) async {}
  package func idle(after tick: Int64, _ session: SetSession) async throws {}
  package func stop() async {}
}

/// What ``SetTables`` may use while it is asked.
package struct SetSession: Sendable {
  /// The set, and the node's consumer at its provider.
  package var queue: String, worker: String
  /// The node's database: the connection on which batches are applied. No transaction is open on it.
  package var local: PostgresConnection
  /// The provider's database, read only; it may be one of the original PgQ.
  package var provider: PostgresConnection
  /// How to connect to either, for work beside the worker.
  package var localConfiguration: PostgresConfiguration, providerConfiguration: PostgresConfiguration
  /// What is added to the connection strings of other nodes.
  package var remoteOptions = ""

  /// How to connect to another node than the provider.
  func configuration(of location: String) -> PostgresConfiguration {
    var configuration = providerConfiguration
    configuration.connectionString = PostgresConfiguration.connectionString(location, adding: remoteOptions)
    return configuration
  }
}

/// The tables that are in sync, without any copies.
package struct SyncedTables: SetTables {
  package init() {}

  package func tables(for batch: EventBatch, _ session: SetSession) async throws -> [AppliedTable] {
    try await session.local.query(
      PostgresQuery(
        """
        select table_name, dest_table, table_attrs, custom_snapshot from londiste.get_table_list($1)
        where local and merge_state = 'ok'
        """, [session.queue]
      ).prepared()
    ).map { row in
      let (name, destination, attributes, snapshot) = try row.decode(
        String.self, String?.self, String?.self, String?.self)
      return AppliedTable(
        name, to: try QualifiedName(unquoted: destination ?? name), attributes: attributes, snapshot: snapshot)
    }
  }
}
