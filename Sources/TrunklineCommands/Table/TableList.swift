import ArgumentParser
import TableReplication

/// `trunkline table list`
struct TableList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show which tables are captured into which queues.",
    discussion: """
      EXAMPLE
        trunkline table list --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Only this queue.")
  var queue: String?

  func run() async throws {
    let captures = try await connection.withConnection { connection in
      try await CaptureRegistry(connection).list().filter { queue == nil || $0.queue == queue }.map(Row.init)
    }
    try output.print(captures, text: Self.text)
  }

  static func text(_ rows: [Row]) -> String {
    var table = TextTable(["table", "queue", "mode", "key", "options"])
    for row in rows {
      table.add([row.table, row.queue, row.mode, row.key.joined(separator: ","), row.options.joined(separator: " ")])
    }
    return table.text
  }

  /// One capture, for printing.
  struct Row: Encodable {
    var table: String
    var queue: String
    var mode: String
    var key: [String]
    var columns: [String]?
    var ignore: [String]?
    var when: String?
    var before: Bool
    var originOnly: Bool

    init(_ capture: TableCapture) {
      table = capture.table
      queue = capture.queue
      mode = capture.mode.rawValue
      key = capture.key
      columns = capture.options.columns
      ignore = capture.options.ignore
      when = capture.options.when
      before = capture.options.before
      originOnly = capture.options.originOnly
    }

    /// The options in the words of `table add`.
    var options: [String] {
      var words: [String] = []
      if let columns { words.append("--columns \(columns.joined(separator: ","))") }
      if let ignore { words.append("--ignore \(ignore.joined(separator: ","))") }
      if let when { words.append("--when '\(when)'") }
      if before { words.append("--before") }
      if originOnly { words.append("--origin-only") }
      return words
    }
  }
}
