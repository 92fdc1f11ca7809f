import ArgumentParser
import TableReplication

/// `trunkline table resync`
struct TableResync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resync", abstract: "Copy tables of a set again, whole, while the others go on.",
    discussion: """
      EXAMPLE
        trunkline table resync --db dbname=report public.orders --wait-sync
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var copy: CopySourceOptions

  @Argument(help: "Tables of the set; * and ? stand for all that fit.")
  var tables: [String] = []

  @Flag(help: "All tables that are replicated here.")
  var all = false

  @Flag(help: "Wait until all tables of this node are in sync.")
  var waitSync = false

  @Option(help: "With --wait-sync: give up after this time. Default: never.")
  var timeout: DurationArgument?

  func validate() throws {
    guard all == tables.isEmpty else { throw ValidationError("Give either tables or --all.") }
  }

  func run() async throws {
    let names = all ? nil : try SetOptions.names(tables)
    try await set.withSet(connection) { set in
      try await SetReport.print(set, output) { report in
        try await set.resyncTables(names, from: copy.source, isDry: dryRun.dryRun, report: report)
      }
      if waitSync, !dryRun.dryRun { try await set.waitShowingProgress(timeout) }
    }
  }
}

/// `trunkline table wait-sync`
struct TableWaitSync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait-sync", abstract: "Wait until all tables of a set are in sync on this node.",
    discussion: """
      How far it is goes to standard error.

      EXAMPLE
        trunkline table wait-sync --db dbname=report --timeout 1h
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Give up after this time. Default: never.")
  var timeout: DurationArgument?

  func run() async throws {
    let count = try await set.withSet(connection) { set in
      try await set.waitShowingProgress(timeout)
      return try await set.tables().filter(\.isLocal).count
    }
    try output.print(["tables": count]) { _ in "\(count) tables in sync." }
  }
}
