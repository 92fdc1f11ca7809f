import ArgumentParser

/// `trunkline schema ...`
struct SchemaGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Install, check and remove what Trunkline needs in a database.",
    subcommands: [SchemaPrint.self])
}
