import ArgumentParser
import SchemaInstaller
import ServiceRuntime

/// `trunkline schema status`
struct SchemaStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Compare what is installed with what this program brings along.",
    discussion: """
      Exit status 0 when everything is current, 2 when something is missing, outdated or modified.

      EXAMPLE
        trunkline schema status --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let statuses = try await connection.withConnection { try await SchemaInstaller().status(on: $0) }
    try output.print(statuses) { statuses in
      var table = TextTable(["schema", "state", "installed", "available", "installed at", "by"])
      for status in statuses {
        table.add([
          status.schema, status.state.rawValue, status.installedVersion ?? "-", status.availableVersion,
          status.installedAt ?? "-", status.installedBy ?? "-",
        ])
      }
      return table.text
    }
    if statuses.contains(where: { $0.state != .current }) {
      throw ArgumentParser.ExitCode(ServiceRuntime.ExitCode.differences.rawValue)
    }
  }
}
