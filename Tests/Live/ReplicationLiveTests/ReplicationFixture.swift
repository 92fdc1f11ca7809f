import EventFormats
import Logging
import PostgresClient
import PostgresTesting
import SchemaInstaller
import TableComparison
import TableReplication
import Testing

/// A source and a target database with the same tables, the source's captured into queue `changes`.
struct ReplicationFixture: Sendable {
  let source: TestDatabase
  let target: TestDatabase

  /// Lends two databases of the shared cluster; `tables` is run on both sides, and `onTarget` on the target after it.
  static func with(
    tables: String, onTarget: String = "", captured: [String], _ body: (ReplicationFixture) async throws -> Void
  ) async throws {
    try await withDatabase { source in
      try await withDatabase { target in
        let fixture = ReplicationFixture(source: source, target: target)
        try await fixture.prepare(tables: tables, onTarget: onTarget, captured: captured)
        try await body(fixture)
      }
    }
  }

  /// Lends two databases of a cluster of their own, for tests that wait until all transactions of a moment have ended: those
  /// of other tests count, in whatever database.
  static func withOwnCluster(
    tables: String, onTarget: String = "", captured: [String], _ body: (ReplicationFixture) async throws -> Void
  ) async throws {
    try await PrivateCluster.with { cluster in
      try await with(
        clusters: (cluster, cluster), tables: tables, onTarget: onTarget, captured: captured, body)
    }
  }

  /// Lends a database of each of two clusters, of the given encodings.
  static func with(
    clusters: (PrivateCluster, PrivateCluster), encodings: (String, String) = ("UTF8", "UTF8"), tables: String,
    onTarget: String = "", captured: [String], _ body: (ReplicationFixture) async throws -> Void
  ) async throws {
    try await clusters.0.withDatabase(options: "encoding '\(encodings.0)' locale 'C'") { source in
      try await clusters.1.withDatabase(options: "encoding '\(encodings.1)' locale 'C'") { target in
        for database in [source, target] {
          try await database.withConnection { _ = try await SchemaInstaller().install(on: $0) }
        }
        let fixture = ReplicationFixture(source: source, target: target)
        try await fixture.prepare(tables: tables, onTarget: onTarget, captured: captured)
        try await body(fixture)
      }
    }
  }

  private func prepare(tables: String, onTarget: String, captured: [String]) async throws {
    try await source.run(tables)
    try await target.run(tables)
    try await target.run(onTarget)
    try await source.run("select pgq.create_queue('changes')")
    for table in captured { try await source.run("select trunkline.capture_add('\(table)', 'changes')") }
  }

  func worker(consumer: String = "replica", targetUser: String = "postgres") -> ReplicationWorker {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var worker = ReplicationWorker(
      source: PostgresConfiguration(source.connectionString),
      target: PostgresConfiguration(target.connectionString(user: targetUser)),
      queue: "changes", consumer: consumer, logger: logger)
    worker.retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
    return worker
  }

  /// Makes a tick after everything committed so far.
  func tick() async throws { try await source.run("select pgq._make_tick('changes')") }

  /// Runs SQL at the source and applies what it captured.
  func change(_ sql: String, by worker: ReplicationWorker? = nil) async throws {
    try await source.run(sql)
    try await tick()
    try await (worker ?? self.worker()).drain()
  }

  /// Differences of a table's content.
  func differences(_ table: String) async throws -> TableDifference {
    try await source.withConnection { left in
      try await target.withConnection { right in
        try await TableComparison(table: ComparedTable(try QualifiedName(parsing: table))).run(left, right)
      }
    }
  }

  /// Expects a table to be the same on both sides.
  func expectEqual(_ tables: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for table in tables {
      let difference = try await differences(table)
      #expect(difference.count == 0, "\(difference)", sourceLocation: sourceLocation)
    }
  }

  /// Expects the next batch to be refused, nothing of it kept, and returns the error that was stored.
  func refusal(_ worker: ReplicationWorker? = nil) async throws -> String {
    let before = try await target.value("select last_tick::text from trunkline.position")
    await #expect(throws: (any Error).self) { try await (worker ?? self.worker()).drain() }
    #expect(try await target.value("select last_tick::text from trunkline.position") == before)
    return try await target.value("select error from trunkline.position")
  }

  /// Makes a tick and waits until the target stands there.
  func waitUntilApplied(timeout: Duration = .seconds(60)) async throws {
    try await tick()
    let tick = try await source.value("select max(tick_id)::text from pgq.tick")
    try await target.withConnection { target in
      try await pollUntil("the target to stand at tick \(tick)", timeout: timeout) {
        let position = try await target.query("select coalesce(max(last_tick), 0) from trunkline.position").first
        return try position?.decode(0, as: Int.self) ?? 0 >= Int(tick) ?? 0
      }
    }
  }
}

/// Runs a worker while `body` works, then stops it.
func running<Value: Sendable>(
  _ worker: ReplicationWorker, _ body: () async throws -> Value
) async throws -> Value {
  let task = Task { try await worker.run() }
  do {
    let value = try await body()
    task.cancel()
    _ = await task.result
    return value
  } catch {
    task.cancel()
    _ = await task.result
    throw error
  }
}
