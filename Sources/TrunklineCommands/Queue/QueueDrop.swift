import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline queue drop`
struct QueueDrop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Remove a queue with its events. Refused while it has consumers or captured tables.",
    discussion: """
      EXAMPLE
        trunkline queue drop mails --force
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Remove its consumers, too.")
  var force = false

  @OptionGroup var name: QueueArgument

  func run() async throws {
    let queue = name.queue
    let drop = SQLCall("pgq.drop_queue", queue, force ? "true" : "false")
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
      if !dryRun.dryRun { try await drop.run(connection) }
    }
    if dryRun.dryRun {
      try dryRun.print([drop], output)
    } else {
      try output.print([ActionResult(queue: queue, result: "dropped")], text: ActionResult.lines)
    }
  }
}
