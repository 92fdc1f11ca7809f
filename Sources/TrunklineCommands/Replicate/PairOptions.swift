import ArgumentParser
import EventFormats
import EventQueue
import Logging
import PostgresClient
import ServiceRuntime
import ServiceLifecycle
import TableReplication
import Telemetry

/// Replication from one database to another one, which need not be a node.
struct PairOptions: ParsableArguments {
  @Option(help: "Database to write into: libpq connection string or URI. Without it, nodes are served.")
  var target: String?

  @Option(help: "With --target: name under which the position is kept (replica).")
  var consumer: String?

  @Flag(help: "With --target: first copy the captured tables that were not copied yet.")
  var copy = false

  @Flag(help: "With --copy: remove rows that the target tables hold already.")
  var truncate = false

  /// Whether any option but the target was given.
  var areGiven: Bool { consumer != nil || copy || truncate }

  /// - Parameter configure: sets what the command's other options say.
  func work(
    from databases: WorkerDatabases, to target: String, logger: Logger, _ configure: (inout ReplicationWorker) -> Void
  ) async throws -> any ReplicateWork {
    let source = databases.configurations[0]
    var worker = ReplicationWorker(
      source: source, target: PostgresConfiguration(target, applicationName: "trunkline replicate"),
      queue: databases.queue[0], consumer: consumer ?? "replica", logger: logger)
    configure(&worker)
    if copy { worker.tablesToCopy = try await capturedTables(source, queue: worker.queue, logger) }
    return PairWork(worker: worker)
  }

  private func capturedTables(
    _ source: PostgresConfiguration, queue: String, _ logger: Logger
  ) async throws -> [QualifiedName] {
    let connection = try await PostgresConnection.connect(source, logger: logger)
    let rows: PostgresResult
    do {
      rows = try await connection.query(
        "select schema_name, table_name from trunkline.capture where queue_name = \(queue) order by 1, 2")
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
    guard !rows.isEmpty else {
      throw CommandError(
        "no table is captured into queue \"\(queue)\"",
        hint: "capture one: trunkline table add public.t --queue \(queue)", exitCode: .configuration)
    }
    return try rows.map { row in
      let (schema, table) = try row.decode(String.self, String.self)
      return try QualifiedName(schema: schema, name: table)
    }
  }
}

private struct PairWork: ReplicateWork {
  var worker: ReplicationWorker

  func drain() async throws -> Int { try await worker.drain() }

  func service(_ health: DaemonHealth) -> any Service {
    var worker = worker
    worker.onRound = { health.cameRound($0) }
    worker.metrics = TransferMetrics(queue: worker.queue, consumer: worker.consumer)
    return ReplicationService(worker)
  }
}
