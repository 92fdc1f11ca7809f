import ArgumentParser
import EventFormats
import PostgresClient
import ServiceRuntime
import TableComparison

/// `trunkline table compare`
struct TableCompare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare tables of two databases by content, every row and column.",
    discussion: """
      Both databases must stand still. Exit status 2 when something differs.

      EXAMPLE
        trunkline table compare --db dbname=shop --target dbname=warehouse public.orders
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Database to compare with: libpq connection string or URI.")
  var target: String

  @Option(help: "Columns that identify a row, with commas. Default: the primary key.")
  var key: String?

  @Argument(help: "Tables, with their schemas.")
  var tables: [String]

  func run() async throws {
    let key = key?.split(separator: ",").map(String.init) ?? []
    var differences: [TableDifference] = []
    let target = try await PostgresConnection.connect(PostgresConfiguration(target), logger: connection.noticeLogger)
    let source = try await PostgresConnection.connect(connection.configuration, logger: connection.noticeLogger)
    for name in tables {
      let comparison = TableComparison(table: try QualifiedName(parsing: name), key: key)
      differences.append(try await comparison.run(source, target))
    }
    await source.close()
    await target.close()
    try output.print(differences, text: Self.text)
    let count = differences.map(\.count).reduce(0, +)
    if count > 0 {
      throw CommandError(
        "\(count) rows differ", hint: "writes in between count as differences: compare while both stand still",
        exitCode: .differences)
    }
  }

  static func text(_ differences: [TableDifference]) -> String {
    var table = TextTable(
      ["table", "source rows", "target rows", "missing", "surplus", "changed"], rightAligned: [1, 2, 3, 4, 5])
    for difference in differences {
      let numbers = [
        difference.sourceRows, difference.targetRows, difference.missing, difference.surplus, difference.changed,
      ]
      table.add([difference.table] + numbers.map(String.init))
    }
    let examples = differences.filter { !$0.examples.isEmpty }
      .map { "\($0.table): keys \($0.examples.joined(separator: ", "))\n" }
    return table.text + examples.joined()
  }
}
