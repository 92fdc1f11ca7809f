import ArgumentParser
import SchemaInstaller

/// `trunkline schema print`
struct SchemaPrint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Write the SQL that 'schema install' runs, to be read or run with psql.")

  func run() async throws {
    StandardStreams.write(SchemaInstaller().script)
  }
}
