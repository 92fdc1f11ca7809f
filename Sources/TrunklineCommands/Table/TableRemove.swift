import ArgumentParser
import ServiceRuntime
import TableReplication

/// `trunkline table remove`
struct TableRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "End the capture of tables into a queue. Events that are in the queue stay.",
    discussion: """
      EXAMPLE
        trunkline table remove --db dbname=shop --queue changes public.orders
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The queue.")
  var queue: String

  @Argument(help: "Tables, written as in SQL.")
  var tables: [String] = []

  @Flag(help: "All tables captured into the queue.")
  var all = false

  func validate() throws {
    guard all == tables.isEmpty else { throw ValidationError("Give either tables or --all.") }
  }

  func run() async throws {
    var results: [CaptureResult] = []
    try await connection.withConnection { connection in
      let registry = CaptureRegistry(connection)
      let names = all ? try await registry.list().filter { $0.queue == queue }.map(\.table) : tables
      for table in names {
        if dryRun.dryRun {
          let statements = try await registry.removalPlan(table, queue: queue)
          results.append(CaptureResult(table: table, queue: queue, result: "planned", sql: statements))
        } else {
          let removed = try await registry.remove(table, queue: queue)
          results.append(CaptureResult(table: table, queue: queue, result: removed ? "removed" : "not captured"))
        }
      }
    }
    try output.print(results, text: dryRun.dryRun ? CaptureResult.script : CaptureResult.lines)
    let missing = results.filter { $0.result == "not captured" }.map(\.table)
    if !missing.isEmpty {
      throw CommandError(
        "not captured into queue \"\(queue)\": \(missing.joined(separator: ", "))",
        hint: "see what is captured: trunkline table list", exitCode: .configuration)
    }
  }
}
