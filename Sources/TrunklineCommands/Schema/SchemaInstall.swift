import ArgumentParser
import SchemaInstaller

/// `trunkline schema install`
struct SchemaInstall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install all schemas, or bring them up to date.",
    discussion: """
      One transaction, without superuser: the role needs CREATE on the database. Doing it again does no harm. A database with
      the original PgQ is taken over in place, with its queues, consumers and events; --dry-run shows how.

      EXAMPLE
        trunkline schema install --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dry: DryRunOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let plan = try await connection.withConnection { connection in
      let installer = SchemaInstaller()
      return dry.dryRun ? try await installer.plan(on: connection) : try await installer.install(on: connection)
    }
    try output.print(plan) { plan in
      let list = plan.steps.map { "\(dry.dryRun ? "would " : "")\($0)\n" }.joined()
      return dry.dryRun ? list + "The SQL: trunkline schema print\n" : list + "Installed.\n"
    }
  }
}
