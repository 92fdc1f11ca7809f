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
    try await connection.withConnection { connection in
      try await connection.transaction { connection in
        for (call, consumer) in zip(calls, names.consumers) where try await call.run(connection) == "0" {
          throw CommandError.noConsumer(consumer, names.queue)
        }
      }
    }
    try output.print(
      names.consumers.map { ActionResult(queue: names.queue, consumer: $0, result: "unregistered") },
      text: ActionResult.lines)
  }
}
