import ArgumentParser
import SchemaInstaller

/// `trunkline schema print`
struct SchemaPrint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Write the SQL that 'schema install' runs, to be read or run with psql.",
    discussion: """
      EXAMPLE
        trunkline schema print | psql -1 dbname=shop
      """)

  func run() async throws {
    StandardStreams.write(SchemaInstaller().script)
  }
}
