import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline queue drop`
struct QueueDrop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Remove a queue with its events. Refused while it has consumers or captured tables.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Remove its consumers, too.")
  var force = false

  @Argument(help: "Name of the queue.")
  var queue: String

  func run() async throws {
    try await connection.withConnection { connection in
      let captures = try await connection.query(
        "select schema_name || '.' || table_name from trunkline.capture where queue_name = \(queue) order by 1")
      guard captures.isEmpty else {
        let names = try captures.map { try $0.decode(0, as: String.self) }
        throw CommandError(
          "tables are captured into queue \"\(queue)\": \(names.joined(separator: ", "))",
          hint: "writes to them would fail; first: trunkline table remove --queue \(queue) --all",
          exitCode: .configuration)
      }
      try await connection.query("select pgq.drop_queue(\(queue), \(force))")
    }
    StandardStreams.write("dropped queue \"\(queue)\"\n")
  }
}
