import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline consumer unregister`
struct ConsumerUnregister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unregister",
    abstract: "Remove consumers with their positions, settings and retries; the queue no longer waits for them.",
    discussion: """
      EXAMPLE
        trunkline consumer unregister mails mailer
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumersArguments

  func run() async throws {
    let calls = names.consumers.map { SQLCall("trunkline.unregister", names.queue, $0) }
    guard !dryRun.dryRun else { return try dryRun.print(calls, output) }
    let results = try await connection.withConnection { connection in
      try await connection.transaction { connection in
        var results: [ActionResult] = []
        for (call, consumer) in zip(calls, names.consumers) {
          let evicted = try await connection.query(
            "select from trunkline.eviction where queue = \(names.queue) and consumer = \(consumer)")
          let count = try await call.run(connection)
          if count == "0", evicted.isEmpty { throw CommandError.noConsumer(consumer, names.queue) }
          results.append(
            ActionResult(
              queue: names.queue, consumer: consumer,
              result: count == "0" ? "was evicted; its record is removed" : "unregistered"))
        }
        return results
      }
    }
    try output.print(results, text: ActionResult.lines)
  }
}
