import ArgumentParser
import EventFormats
import EventQueue
import Foundation
import Logging
import PostgresClient
import ServiceRuntime
import TableReplication
import Telemetry

/// `trunkline replicate`
struct ReplicateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replicate",
    abstract: "Keep tables of another database in step with a queue of captured changes.",
    discussion: """
      Reads the changes that 'trunkline table add' captures into --queue at --db, and applies them to the tables of the
      same names at --target, each batch in one transaction together with the position. It can be killed at any moment
      and started again; nothing is lost or applied twice. A second worker of the same name takes over from the first.

      The schemas must be installed in both databases, and a ticker must run for the source.

      EXAMPLE
        trunkline replicate --db dbname=shop --target dbname=warehouse --queue changes --copy
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var log: LogOptions
  @OptionGroup var metrics: MetricsOptions

  @Option(help: "Database to write into: libpq connection string or URI.")
  var target: String

  @Option(help: "Queue of the captured changes.")
  var queue: String

  @Option(help: "Name under which the position is kept.")
  var consumer = "replica"

  @Flag(help: "First copy the captured tables that were not copied yet.")
  var copy = false

  @Flag(help: "With --copy: remove rows that the target tables hold already.")
  var truncate = false

  @OptionGroup var copying: CopyArguments

  @Flag(help: "Apply what is there now, and end.")
  var once = false

  @Flag(help: "End at the first failure instead of trying again until its cause is mended.")
  var stopOnError = false

  @Option(help: "Events to collect into one batch while behind.")
  var batchEvents = 50_000

  @Option(help: "File that holds the process id, locked while the worker lives.")
  var pidfile: String?

  func validate() throws {
    guard batchEvents > 0 else { throw ValidationError("--batch-events must be at least 1") }
    guard copy || !truncate else { throw ValidationError("--truncate goes with --copy") }
    guard copy || !copying.isUsed else {
      throw ValidationError(
        "--jobs, --max-rate, --maintenance-work-mem, --piece-size, --park-from and --json go with --copy")
    }
  }

  func run() async throws {
    let settings = try await Settings(
      flags: log.flags.merging(metrics.flags) { $1 }, environment: ProcessInfo.processInfo.environment)
    let destination = try LogOptions.setup(from: settings).open()
    let lock = try pidfile.map { try PIDFile(path: $0) }
    defer { withExtendedLifetime(lock) {} }
    var worker = ReplicationWorker(
      source: connection.configuration, target: PostgresConfiguration(target, applicationName: "trunkline replicate"),
      queue: queue, consumer: consumer, logger: destination.logger("replicate"))
    worker.source.applicationName = "trunkline replicate"
    worker.maximumEvents = batchEvents
    worker.copyOptions = copying.options
    worker.copyOptions.mayTruncate = truncate
    worker.stopsOnError = stopOnError
    if copy { worker.tablesToCopy = try await capturedTables() }
    let display = CopyDisplay(isJSON: copying.json, logger: worker.logger)
    worker.onCopy = { display.show($0) }
    defer { display.end() }
    if once {
      let events = try await worker.drain()
      StandardStreams.write("applied \(events) events\n")
      return
    }
    let logger = destination.logger("trunkline")
    let health = DaemonHealth()
    let telemetry = try MetricsOptions.services(from: settings, daemon: "replicate", health: health, logger: logger)
    worker.onRound = { health.cameRound($0) }
    worker.metrics = TransferMetrics(queue: queue, consumer: consumer)
    try await ServiceRunner(logger: logger, reload: { try? destination.reopen() })
      .run([ReplicationService(worker)] + telemetry)
  }

  private func capturedTables() async throws -> [QualifiedName] {
    try await connection.withConnection { source in
      let rows = try await source.query(
        """
        select schema_name, table_name from trunkline.capture where queue_name = \(queue) order by 1, 2
        """)
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
}
