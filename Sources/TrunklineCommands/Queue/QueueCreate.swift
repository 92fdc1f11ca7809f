import ArgumentParser
import PostgresClient

/// `trunkline queue create`
struct QueueCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a queue. One that exists is left as it is.",
    discussion: """
      EXAMPLE
        trunkline queue create mails --set ttl=7d --set retention=12h
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "A setting of the new queue, as in 'queue set'; may be repeated.")
  var set: [SettingAssignment] = []

  @Argument(help: "Name of the queue.")
  var queue: String

  func run() async throws {
    let create = SQLCall("pgq.create_queue", queue)
    let settings = set.map { SQLCall("trunkline.set_queue", queue, $0.name, $0.value) }
    guard !dryRun.dryRun else { return try dryRun.print([create] + settings, output) }
    let isNew = try await connection.withConnection { connection in
      try await connection.transaction { connection in
        let isNew = try await create.run(connection) == "1"
        if isNew { for call in settings { try await call.run(connection) } }
        return isNew
      }
    }
    if !isNew, !set.isEmpty {
      StandardStreams.writeError("warning: the queue is there already, --set changed nothing\n")
    }
    try output.print(
      [ActionResult(queue: queue, result: isNew ? "created" : "exists already")], text: ActionResult.lines)
  }
}
