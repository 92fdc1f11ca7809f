import ArgumentParser
import EventFormats
import Foundation
import Logging
import NodeCascade
import PostgresClient
import ServiceRuntime
import TableReplication
import Telemetry

/// `trunkline replicate`
struct ReplicateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replicate",
    abstract: "Keep nodes of cascaded queues, or tables of another database, in step.",
    discussion: """
      Without --target: the worker of the nodes that the databases --db are for the queues --queue, see 'trunkline node'. It \
      brings the batches of each node's provider in, tables and queue, each batch in one transaction together with the \
      position; on a root it publishes what the other nodes need. One process can serve one node or many.

      With --target: reads the changes that 'trunkline table add' captures into --queue at --db, and applies them to the \
      tables of the same names at --target.

      It can be killed at any moment and started again; nothing is lost or applied twice. A second worker for the same takes \
      over from the first.

      The schemas must be installed in all databases, and a ticker must run for each database with a queue.

      EXAMPLES
        trunkline replicate --db dbname=shop
        trunkline replicate --db dbname=a --db dbname=b --all-queues
        trunkline replicate --db dbname=shop --target dbname=warehouse --queue changes --copy
      """)

  @OptionGroup var databases: WorkerDatabases
  @OptionGroup var log: LogOptions
  @OptionGroup var metrics: MetricsOptions
  @OptionGroup var pair: PairOptions
  @OptionGroup var nodes: NodeOptions
  @OptionGroup var copying: CopyArguments

  @OptionGroup var conflicts: ConflictOptions

  @Flag(help: "Apply what is there now, and end.")
  var once = false

  @Flag(help: "End at the first failure instead of trying again until its cause is mended.")
  var stopOnError = false

  @Option(help: "Events to collect into one batch while behind.")
  var batchEvents = 200_000

  @Option(help: "File that holds the process id, locked while the worker lives.")
  var pidfile: String?

  func validate() throws {
    guard batchEvents > 0 else { throw ValidationError("--batch-events must be at least 1") }
    guard pair.target == nil else {
      guard databases.queue.count == 1, databases.db.count <= 1, !databases.allQueues else {
        throw ValidationError("--target goes with one --db and one --queue")
      }
      guard !nodes.areGiven else { throw ValidationError("options of nodes do not go with --target") }
      guard pair.copy || !pair.truncate else { throw ValidationError("--truncate goes with --copy") }
      guard pair.copy || !copying.isUsed else {
        throw ValidationError(
          "--jobs, --max-rate, --maintenance-work-mem, --piece-size, --park-from and --copy-json go with --copy")
      }
      return
    }
    guard !pair.areGiven else {
      throw ValidationError("--consumer, --copy and the options of copies go with --target")
    }
    guard databases.queue.isEmpty || !databases.allQueues else {
      throw ValidationError("--queue and --all-queues exclude each other")
    }
  }

  func run() async throws {
    let settings = try await Settings(
      flags: log.flags.merging(metrics.flags) { $1 }, environment: ProcessInfo.processInfo.environment)
    let destination = try LogOptions.setup(from: settings).open()
    let lock = try pidfile.map { try PIDFile(path: $0) }
    defer { withExtendedLifetime(lock) {} }
    let logger = destination.logger("trunkline")
    let policies = try conflicts.policies()
    let display = CopyDisplay(isJSON: copying.copyJson, logger: logger)
    defer { display.end() }
    let work: any ReplicateWork =
      if let target = pair.target {
        try await pair.work(from: databases, to: target, logger: destination.logger("replicate")) { worker in
          worker.copyOptions = copying.options
          worker.copyOptions.mayTruncate = pair.truncate
          worker.onCopy = { display.show($0) }
          worker.maximumEvents = batchEvents
          worker.stopsOnError = stopOnError
          worker.conflicts = policies
        }
      } else {
        try await nodes.work(
          for: databases, conflicts: policies, copying: copying.options, observe: { display.show($0) },
          logger: destination.logger("replicate")
        ) { worker in
          worker.maximumEvents = batchEvents
          worker.stopsOnError = stopOnError
        }
      }
    if nodes.reset, let work = work as? NodesWork { return try await work.reset() }
    if once {
      let events = try await work.drain()
      StandardStreams.write("applied \(events) events\n")
      return
    }
    let health = DaemonHealth()
    let telemetry = try MetricsOptions.services(from: settings, daemon: "replicate", health: health, logger: logger)
    try await ServiceRunner(logger: logger, reload: { try? destination.reopen() })
      .run([work.service(health)] + telemetry)
  }
}
