import ArgumentParser
import PostgresClient

/// `trunkline queue create`
struct QueueCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a queue. One that exists is left as it is.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "Name of the queue.")
  var queue: String

  func run() async throws {
    let isNew = try await connection.withConnection { connection in
      try await connection.query("select pgq.create_queue(\(queue))").first?.decode(0, as: Int.self) == 1
    }
    StandardStreams.write(isNew ? "created queue \"\(queue)\"\n" : "queue \"\(queue)\" exists already\n")
  }
}
