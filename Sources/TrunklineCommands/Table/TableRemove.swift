import ArgumentParser
import PostgresClient
import ServiceRuntime
import TableReplication

/// `trunkline table remove`
struct TableRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "End the capture of tables into a queue, or the replication of tables of a set on this node.",
    discussion: """
      Events that are in the queue stay, and so do tables and rows. On the root of a set the tables leave the set, on all nodes.

      EXAMPLE
        trunkline table remove --db dbname=shop --queue changes public.orders
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @OptionGroup var set: SetOptions

  @Argument(help: "Tables, written as in SQL; in a set * and ? stand for all that fit.")
  var tables: [String] = []

  @Flag(help: "All tables captured into the queue, or replicated on this node.")
  var all = false

  func validate() throws {
    guard all == tables.isEmpty else { throw ValidationError("Give either tables or --all.") }
  }

  func run() async throws {
    try await connection.withConnection { connection in
      guard let set = try await set.set(connection, self.connection) else { return try await endCapture(connection) }
      let names = all ? nil : try SetOptions.names(tables)
      try await SetReport.print(set, output) { report in
        try await set.removeTables(names, isDry: dryRun.dryRun, report: report)
      }
    }
  }

  private func endCapture(_ connection: PostgresConnection) async throws {
    let queue = try set.requiredQueue()
    var results: [CaptureResult] = []
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
    try output.print(results, text: dryRun.dryRun ? CaptureResult.script : CaptureResult.lines)
    let missing = results.filter { $0.result == "not captured" }.map(\.table)
    if !missing.isEmpty {
      throw CommandError(
        "not captured into queue \"\(queue)\": \(missing.joined(separator: ", "))",
        hint: "see what is captured: trunkline table list", exitCode: .configuration)
    }
  }
}
