import ArgumentParser
import EventQueue
import Logging
import NodeCascade
import PostgresClient
import ServiceRuntime
import ServiceLifecycle
import TableReplication
import Telemetry

/// How nodes are served.
struct NodeOptions: ParsableArguments {
  @Option(help: "Added to the connection strings of other nodes, for example 'user=worker'.")
  var remoteOptions: String?

  @Option(help: "How often the root publishes the global watermark, and other nodes report theirs (300s).")
  var watermarkInterval: DurationArgument?

  @Option(help: "Longest time between two looks for batches and for wishes of administrators (500ms).")
  var pollInterval: DurationArgument?

  @Flag(
    help: """
      Move the nodes to where they stand at their providers, and end: when a provider no longer has what comes next. The changes in \
      between are left out for good, also below a branch; copy the tables again.
      """)
  var reset = false

  @OptionGroup var handlers: HandlerOptions

  @Option(help: "Tables of a node that are copied at the same time (2).")
  var parallelCopies: Int?

  func validate() throws {
    if let parallelCopies, parallelCopies < 1 { throw ValidationError("--parallel-copies must be at least 1") }
  }

  /// Whether any option was given.
  var areGiven: Bool {
    parallelCopies != nil || reset || remoteOptions != nil || watermarkInterval != nil || pollInterval != nil
  }

  /// - Parameter configure: sets what the command's other options say.
  func work(
    for databases: WorkerDatabases, conflicts: ConflictPolicies, copying: CopyOptions,
    observe: @escaping @Sendable (CopyEvent) -> Void, logger: Logger, _ configure: (inout NodeWorker) -> Void
  ) async throws -> NodesWork {
    var workers: [NodeWorker] = []
    var copies = CopiedTables.Options()
    copies.copy = copying
    copies.parallelCopies = parallelCopies ?? copies.parallelCopies
    copies.observe = observe
    copies.handlers = handlers.settings
    for database in databases.configurations {
      let queues =
        databases.queue.isEmpty ? try await queues(of: database, databases.allQueues, logger) : databases.queue
      for queue in queues {
        var replication = SetReplication(logger: logger) { [copies] _ in CopiedTables(copies, logger: logger) }
        replication.conflicts = conflicts
        replication.handlers = handlers.settings
        var worker = NodeWorker(database: database, queue: queue, logger: logger) { [replication] in
          try await replication.start($0)
        }
        worker.remoteOptions = remoteOptions ?? ""
        if let watermarkInterval { worker.watermarkInterval = watermarkInterval.duration }
        if let pollInterval { worker.pollInterval = pollInterval.duration }
        configure(&worker)
        workers.append(worker)
      }
    }
    return NodesWork(workers: workers, logger: logger)
  }

  private func queues(
    of database: PostgresConfiguration, _ all: Bool, _ logger: Logger
  ) async throws -> [String] {
    let names = try await PostgresConnection.with(database, logger: logger) { connection in
      try await connection.query("select queue_name from pgq_node.node_info order by 1")
        .map { try $0.decode(0, as: String.self) }
    }
    guard !names.isEmpty else {
      throw CommandError(
        "\(database) is no node of any queue", hint: "make it one: trunkline node create-root",
        exitCode: .configuration)
    }
    guard all || names.count == 1 else {
      throw CommandError(
        "\(database) is a node of several queues: \(names.joined(separator: ", "))",
        hint: "name those to work for with --queue; --all-queues works for all of them", exitCode: .configuration)
    }
    return names
  }
}

struct NodesWork: ReplicateWork {
  var workers: [NodeWorker]
  var logger: Logger

  func reset() async throws {
    for worker in workers {
      guard let moved = try await worker.reset() else {
        StandardStreams.write("queue \"\(worker.queue)\": nothing to move, this is the root\n")
        continue
      }
      StandardStreams.write("node \(moved.node) of queue \"\(worker.queue)\": from tick \(moved.from) to \(moved.to)\n")
    }
  }

  func drain() async throws -> Int {
    var events = 0
    for worker in workers { events += try await worker.drain().events }
    return events
  }

  func service(_ health: DaemonHealth) -> any Service {
    let health = NodeHealth(health)
    let workers = self.workers.enumerated().map { number, worker in
      var worker = worker
      worker.isCounted = true
      worker.onRound = { health.cameRound(number, $0) }
      return worker
    }
    return NodeService(workers, logger: logger)
  }
}
