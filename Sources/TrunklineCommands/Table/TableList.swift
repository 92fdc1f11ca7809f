import ArgumentParser
import TableReplication

/// `trunkline table list`
struct TableList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the tables of a set on this node, or which tables are captured into which queues.",
    discussion: """
      EXAMPLE
        trunkline table list --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @OptionGroup var set: SetOptions

  @Flag(help: "Captures, also when this database is a node.")
  var captures = false

  @Flag(help: "In a set: the names of the tables that are replicated here, and nothing else.")
  var namesOnly = false

  func run() async throws {
    try await connection.withConnection { connection in
      if !captures, let set = try await set.set(connection, self.connection) { return try await list(set) }
      let captures = try await CaptureRegistry(connection).list()
      try output.print(
        captures.filter { set.queue == nil || $0.queue == set.queue }.map(Row.init), text: Self.text)
    }
  }

  private func list(_ set: ReplicationSet) async throws {
    let tables = try await set.tables()
    guard !namesOnly else {
      return try output.print(tables.filter(\.isLocal).map(\.name)) { $0.map { $0 + "\n" }.joined() }
    }
    try output.print(tables) { tables in
      var table = TextTable(["table", "state", "name here", "attributes"])
      for row in tables {
        table.add([
          row.name, Self.state(row), row.destination ?? "",
          row.damage ?? row.attributes.words.joined(separator: " "),
        ])
      }
      return table.text
    }
  }

  private static func state(_ table: RegisteredTable) -> String {
    guard table.isLocal else { return "not here" }
    let state = table.state ?? "to be copied"
    return table.copyError.map { "\(state), stopped: \($0)" } ?? state
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
