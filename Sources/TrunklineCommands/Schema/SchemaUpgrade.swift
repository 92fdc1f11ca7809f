import ArgumentParser
import SchemaInstaller
import ServiceRuntime

/// `trunkline schema upgrade`
struct SchemaUpgrade: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade",
    abstract: "Bring installed schemas up to date; refuses a database that has none.",
    discussion: """
      EXAMPLE
        trunkline schema upgrade --db dbname=shop --dry-run
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dry: DryRunOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let plan = try await connection.withConnection { connection in
      let installer = SchemaInstaller()
      let plan = try await installer.plan(on: connection)
      guard plan.schemas.contains(where: { $0.state != .missing }) else {
        throw CommandError(
          "nothing is installed in this database", hint: "To install: trunkline schema install",
          exitCode: .configuration)
      }
      return dry.dryRun ? plan : try await installer.install(on: connection)
    }
    try output.print(plan) { plan in
      plan.steps.map { "\(dry.dryRun ? "would " : "")\($0)\n" }.joined()
    }
  }
}
