import ArgumentParser
import PostgresClient

/// Some consumers of one queue.
struct ConsumersArguments: ParsableArguments {
  @Argument(help: "Name of the queue.", completion: .queueNames)
  var queue: String

  @Argument(help: "Names of consumers.", completion: .consumerNames)
  var consumers: [String]
}

extension ConsumersArguments {
  init(queue: String, consumers: [String]) {
    self.init()
    self.queue = queue
    self.consumers = consumers
  }

  /// Sets all settings of all consumers in one transaction, or shows what would run.
  func set(
    _ settings: [SettingAssignment], result: String, _ connection: ConnectionOptions, _ dryRun: DryRunOptions,
    _ output: OutputOptions
  ) async throws {
    let calls = consumers.flatMap { consumer in
      settings.map { SQLCall("trunkline.set_consumer", queue, consumer, $0.name, $0.value) }
    }
    guard !dryRun.dryRun else { return try dryRun.print(calls, output) }
    try await connection.withConnection { connection in
      try await connection.transaction { connection in
        for call in calls { try await call.run(connection) }
      }
    }
    try output.print(
      consumers.map { ActionResult(queue: queue, consumer: $0, result: result) }, text: ActionResult.lines)
  }
}
