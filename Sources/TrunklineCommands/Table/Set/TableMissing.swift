import ArgumentParser
import TableReplication

/// `trunkline table missing`
struct TableMissing: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "missing", abstract: "Show tables that could be added to a set on this node.",
    discussion: """
      On the root: tables of the database that are not in the set. Elsewhere: tables of the set that are not replicated here.

      EXAMPLE
        trunkline table missing --db dbname=report
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var set: SetOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let names = try await set.withSet(connection) { try await $0.missing().tables }
    try output.print(names) { $0.map { $0 + "\n" }.joined() }
  }
}
