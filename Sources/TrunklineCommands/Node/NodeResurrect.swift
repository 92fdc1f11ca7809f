import ArgumentParser
import NodeCascade

/// `trunkline node resurrect`
struct NodeResurrect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resurrect",
    abstract: "Take a root back that was lost and replaced: run it on that node when its database is there again.",
    discussion: """
      Changes that it had not sent to anybody when it was lost are written into a file (one JSON object a line) and removed from its queue. Its
      tables are NOT touched: they still hold these changes, which no other node has. The report says how many there are of each table; play
      them on the new root, or take them back here, or copy the table anew. Then let the node go on: node resume.

      EXAMPLE
        trunkline node resurrect --db dbname=shop --dry-run
        trunkline node resurrect --db dbname=shop --dump lost.jsonl
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The file for the lost events; it must not exist yet. Default: QUEUE-NODE-lost-events.jsonl")
  var dump: String?

  private struct Result: Encodable {
    var node: String, file: String
    var tables: [LostChanges.Table]
    /// Events that are no changes of tables.
    var others: Int
  }

  func run() async throws {
    try await cascade.withCascade(connection) { cascade in
      let node = try await cascade.localNode()
      let file = dump ?? "\(cascade.queue)-\(node)-lost-events.jsonl"
      let operation = Resurrection(node, dump: file)
      if plan.dryRun { return try plan.show(try await cascade.look().steps(of: operation), output) }
      try await cascade.run(operation, patience: self.cascade.timeout.duration) { step in
        StandardStreams.writeError("\(step.text)\n")
      }
      let changes = try LostChanges(file: file)
      try output.print(
        Result(node: node, file: file, tables: changes.tables, others: changes.others),
        text: Self.text)
    }
  }

  private static func text(_ result: Result) -> String {
    var text = "Node \(result.node) is a branch again. Its worker is paused: trunkline node resume.\n"
    guard !result.tables.isEmpty else { return text + "It had no changes that others do not have.\n" }
    text += "Changes that only its tables have are in \(result.file):\n"
    var table = TextTable(["table", "inserts", "updates", "deletes", "truncates", "can be undone"])
    for one in result.tables {
      table.add(
        [one.table, one.inserts, one.updates, one.deletes, one.truncates].map { "\($0)" }
          + [one.isReversible ? "yes" : "no, old rows are missing"])
    }
    return text + table.text
  }
}
