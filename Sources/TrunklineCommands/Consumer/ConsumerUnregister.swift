import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline consumer unregister`
struct ConsumerUnregister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unregister",
    abstract: "Remove a consumer with its position and its retries; the queue no longer waits for it.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var names: ConsumerArguments

  func run() async throws {
    let count = try await connection.withConnection { connection in
      try await connection.query("select pgq.unregister_consumer(\(names.queue), \(names.consumer))")
        .first?.decode(0, as: Int.self) ?? 0
    }
    guard count > 0 else {
      throw CommandError(
        "consumer \"\(names.consumer)\" is not registered on queue \"\(names.queue)\"",
        hint: "see who is: trunkline consumer list", exitCode: .configuration)
    }
    StandardStreams.write("unregistered\n")
  }
}
