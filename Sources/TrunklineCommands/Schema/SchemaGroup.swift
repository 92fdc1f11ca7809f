import ArgumentParser

/// `trunkline schema ...`
struct SchemaGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Install, check and remove what Trunkline needs in a database.",
    subcommands: [
      SchemaInstall.self, SchemaUpgrade.self, SchemaUninstall.self, SchemaStatusCommand.self, SchemaPrint.self,
    ])
}
