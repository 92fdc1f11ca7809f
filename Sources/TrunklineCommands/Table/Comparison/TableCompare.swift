import ArgumentParser
import PostgresClient
import ServiceRuntime
import TableComparison

/// `trunkline table compare`
struct TableCompare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare tables of two databases by content, every row and column, while both are written.",
    discussion: """
      Both sides are read at the same position of the queue between them, so that rows on their way are no differences; \
      nobody is kept waiting for that. Exit status 0: all is equal; 2: something differs; 75: the target did not get to the \
      position in time.

      EXAMPLES
        trunkline table compare --db dbname=shop --target dbname=warehouse
        trunkline table compare --db dbname=leaf public.orders
        trunkline table compare --db dbname=a --target dbname=b --unaligned public.orders=archive.orders
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Chunks of a table to compare at the same time.")
  var jobs = 1

  @Option(help: "How many differing rows of each table to name.")
  var show = 10

  @Flag(help: "Only count rows.")
  var countOnly = false

  func validate() throws {
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 64") }
    guard show >= 0 else { throw ValidationError("--show must not be negative") }
  }

  func run() async throws {
    let run = ComparisonRun(
      jobs: try await comparison.resolve(connection), lanes: jobs, patience: comparison.timeout.duration,
      logger: connection.noticeLogger)
    var differences: [TableDifference] = []
    try await run.run { one, _ in
      one.maximumExamples = show
      one.countsOnly = countOnly
    } _: { difference, _, _ in
      differences.append(difference)
    }
    try output.print(differences) { Self.text($0, countsOnly: countOnly) }
    let bad = differences.filter { !$0.isEqual }
    if !bad.isEmpty {
      let rows = bad.map(\.count).reduce(0, +)
      throw CommandError(
        countOnly
          ? "\(bad.count) of \(differences.count) tables have other numbers of rows"
          : "\(rows) rows differ in \(bad.count) of \(differences.count) tables",
        hint: comparison.unaligned
          ? "writes in between count as differences: compare while both stand still"
          : "see the statements that would mend it: trunkline table repair", exitCode: .differences)
    }
  }

  static func text(_ differences: [TableDifference], countsOnly: Bool) -> String {
    var table = TextTable(
      ["table", "source rows", "target rows"] + (countsOnly ? [] : ["missing", "surplus", "changed"]),
      rightAligned: [1, 2, 3, 4, 5])
    for difference in differences {
      let numbers = [difference.sourceRows, difference.targetRows]
      let kinds = countsOnly ? [] : [difference.missing, difference.surplus, difference.changed]
      table.add([difference.table] + (numbers + kinds).map(String.init))
    }
    return table.text + differences.map(details).joined()
  }

  private static func details(_ difference: TableDifference) -> String {
    var lines = difference.notes.map { "\(difference.table): not compared: \($0)\n" }
    guard !difference.rows.isEmpty else { return lines.joined() }
    lines.append("\n\(difference.table) (\(difference.key.joined(separator: ", "))):\n")
    lines += difference.rows.map { row in
      "  \(row.difference.rawValue): \(row.key.map { $0 ?? "NULL" }.joined(separator: ", "))\n"
    }
    if difference.count > difference.rows.count {
      lines.append("  and \(difference.count - difference.rows.count) more: --show\n")
    }
    return lines.joined()
  }
}
