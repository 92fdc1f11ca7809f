import ArgumentParser
import Logging
import NodeCascade
import PostgresClient
import ServiceRuntime

/// Which cascade a command works on, and how long it waits for workers.
struct CascadeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The cascaded queue. Default: the only one of this database.", valueName: "queue"))
  var queue: String?

  @Option(help: "Added to the connection strings of other nodes, for example 'user=admin'.")
  var remoteOptions = ""

  @Option(help: ArgumentHelp("A node that is not asked, as if it were tagged as dead (repeatable).", valueName: "node"))
  var assumeDead: [String] = []

  @Option(help: "How long to wait for a worker to do one thing.")
  var timeout = DurationArgument(.seconds(60))

  /// Lends the cascade that the database belongs to.
  func withCascade<Value: Sendable>(
    _ connection: ConnectionOptions, renaming: (old: String, new: String)? = nil,
    _ body: (Cascade) async throws -> Value
  ) async throws -> Value {
    let cascade = Cascade(
      queue: try await name(connection), local: connection.configuration, remoteOptions: remoteOptions,
      renaming: renaming, assumedDead: Set(assumeDead), logger: connection.noticeLogger)
    do {
      let value = try await body(cascade)
      await cascade.close()
      return value
    } catch {
      await cascade.close()
      throw error
    }
  }

  /// The queue's name.
  func name(_ connection: ConnectionOptions) async throws -> String {
    if let queue { return queue }
    let names: [String] = try await connection.withConnection { connection in
      try await connection.query("select queue_name from pgq_node.node_info order by 1").map { try $0.decode(0) }
    }
    guard let only = names.first, names.count == 1 else {
      throw CommandError(
        names.isEmpty
          ? "this database is no node of any queue"
          : "this database is a node of several queues: \(names.joined(separator: ", "))",
        hint: names.isEmpty ? "make it one: trunkline node create-root" : "name one with --queue",
        exitCode: .configuration)
    }
    return only
  }
}

/// Plans, carried out or only shown.
struct PlanOptions: ParsableArguments {
  @Flag(help: "Show the steps that would be done, and change nothing.")
  var dryRun = false

  /// Carries out a plan, or shows its steps.
  func run(
    _ plan: some CascadePlan, _ options: CascadeOptions, _ connection: ConnectionOptions, _ output: OutputOptions,
    renaming: (old: String, new: String)? = nil
  ) async throws {
    try await options.withCascade(connection, renaming: renaming) { cascade in
      if dryRun {
        try show(try await cascade.look().steps(of: plan), output)
      } else {
        try await carryOut(plan, cascade, options, output)
      }
    }
  }

  func carryOut(
    _ plan: some CascadePlan, _ cascade: Cascade, _ options: CascadeOptions, _ output: OutputOptions
  ) async throws {
    try await cascade.run(plan, patience: options.timeout.duration) { step in
      StandardStreams.writeError("\(step.text)\n")
    }
    try output.print(["result": "done"]) { _ in "Done." }
  }

  func show(_ steps: [CascadeStep], _ output: OutputOptions) throws {
    try output.print(steps.map(\.text)) { lines in
      lines.isEmpty ? "Nothing to do." : lines.joined(separator: "\n")
    }
  }
}
