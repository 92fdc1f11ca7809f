import ArgumentParser
import SchemaInstaller

/// `trunkline schema uninstall`
struct SchemaUninstall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Remove all schemas; refuses while queues or captures exist.",
    discussion: """
      The roles pgq_reader, pgq_writer and pgq_admin stay, because other databases may use them.

      EXAMPLE
        trunkline schema uninstall --db dbname=shop --dry-run
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dry: DryRunOptions
  @OptionGroup var output: OutputOptions

  private struct Report: Encodable {
    let statements: [String]
    let usage: SchemaUsage
    let removed: Bool
  }

  func run() async throws {
    let installer = SchemaInstaller()
    let usage = try await connection.withConnection { connection in
      if !dry.dryRun { try await installer.uninstall(on: connection) }
      return try await installer.usage(on: connection)
    }
    let report = Report(statements: installer.uninstallStatements, usage: usage, removed: !dry.dryRun)
    try output.print(report) { report in
      guard !report.removed else { return "Removed.\n" }
      let blockers =
        usage.queues.map { "-- in the way: queue \($0)" } + usage.triggers.map { "-- in the way: \($0)" }
        + usage.dependents.map { "-- in the way: \($0)" }
      return (blockers + report.statements).map { $0 + "\n" }.joined()
    }
  }
}
