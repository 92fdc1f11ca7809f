import ArgumentParser
import TableReplication

/// `trunkline table change-handler`
struct TableChangeHandler: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change-handler",
    abstract: "Replace handler and triggers of tables of a set. Nothing is copied again.",
    discussion: """
      Without options: the ordinary handler and a generated capture of every column.

      EXAMPLE
        trunkline table change-handler --db dbname=report public.orders --handler bulk --handler-arg method=2
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var trigger: TriggerOptions

  @Argument(help: "Tables of the set; * and ? stand for all that fit.")
  var tables: [String]

  func run() async throws {
    let names = try SetOptions.names(tables)
    let options = try trigger.tableOptions()
    try await set.withSet(connection) { set in
      try await SetReport.print(set, output) { report in
        try await set.changeHandler(names, options, isDry: dryRun.dryRun, report: report)
      }
    }
  }
}
