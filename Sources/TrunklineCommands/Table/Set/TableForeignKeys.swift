import ArgumentParser
import TableReplication

/// `trunkline table fkeys`
struct TableForeignKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fkeys", abstract: "Show foreign keys of tables of a set, and make those again that a copy took down.",
    discussion: """
      A foreign key comes back by itself when both of its tables are in sync. --restore does it at once; with --force also when a table
      is not replicated here, or not in sync.

      EXAMPLE
        trunkline table fkeys --db dbname=report --restore
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Make again what can be made, and validate what was not.")
  var restore = false

  @Flag(help: "With --restore: also those that wait for a table.")
  var force = false

  func validate() throws {
    guard restore || (!force && !dryRun.dryRun) else {
      throw ValidationError("--force and --dry-run go with --restore.")
    }
  }

  func run() async throws {
    try await set.withSet(connection) { set in
      if restore {
        return try await SetReport.print(set, output) { report in
          try await set.restoreForeignKeys(isForced: force, isDry: dryRun.dryRun, report: report)
        }
      }
      try output.print(try await set.foreignKeys()) { keys in
        var table = TextTable(["table", "foreign key", "refers to", "state"])
        for key in keys {
          table.add([
            key.table, key.name, key.references, key.state.rawValue + (key.waitsFor.map { ": \($0)" } ?? ""),
          ])
        }
        return table.text
      }
    }
  }
}
