import EventFormats
import Logging
import PostgresClient
import PostgresTesting
import TableComparison
import TableReplication
import Testing

/// A source and a target database with the same tables, the source's captured into queue `changes`.
struct ReplicationFixture: Sendable {
  let source: TestDatabase
  let target: TestDatabase

  /// Lends both databases; `tables` is run on both sides.
  static func with(
    tables: String, captured: [String], _ body: (ReplicationFixture) async throws -> Void
  ) async throws {
    try await withDatabase { source in
      try await withDatabase { target in
        try await source.psql(tables)
        try await target.psql(tables)
        try await source.psql("select pgq.create_queue('changes');")
        for table in captured { try await source.psql("select trunkline.capture_add('\(table)', 'changes');") }
        try await body(ReplicationFixture(source: source, target: target))
      }
    }
  }

  func worker(consumer: String = "replica") -> ReplicationWorker {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return ReplicationWorker(
      source: PostgresConfiguration(source.connectionString), target: PostgresConfiguration(target.connectionString),
      queue: "changes", consumer: consumer, logger: logger)
  }

  /// Makes a tick after everything committed so far.
  func tick() async throws { try await source.psql("select pgq._make_tick('changes');") }

  /// Differences of a table's content.
  func differences(_ table: String) async throws -> TableDifference {
    let left = try await PostgresConnection.connect(PostgresConfiguration(source.connectionString))
    let right = try await PostgresConnection.connect(PostgresConfiguration(target.connectionString))
    return try await TableComparison(table: try QualifiedName(parsing: table)).run(left, right)
  }
}
