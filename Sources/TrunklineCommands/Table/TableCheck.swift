import ArgumentParser
import ServiceRuntime
import TableReplication

/// `trunkline table check`
struct TableCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that every capture works and fits its table, and that tables of a set are as on the provider.",
    discussion: """
      Exit status 2 when something is wrong. With --repair stale captures and lost triggers are made again. For a set only what can make changes fail
      or get lost counts; what else differs is shown with --all. The SQL that mends it is shown, not run.

      EXAMPLE
        trunkline table check --db dbname=shop --repair
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @OptionGroup var set: SetOptions

  @Argument(help: "Tables of a set; * and ? stand for all that fit. Default: all that are replicated here.")
  var tables: [String] = []

  @Flag(help: "In a set: show also what would only matter if this node became the root.")
  var all = false

  @Flag(help: "First generate again what is stale, and forget captures of dropped tables.")
  var repair = false

  func run() async throws {
    try await connection.withConnection { connection in
      let registry = CaptureRegistry(connection)
      if repair { _ = try await registry.refresh() }
      if let set = try await set.set(connection, self.connection) {
        try await SetCheck(set: set, tables: tables.isEmpty ? nil : try SetOptions.names(tables), showsAll: all)
          .run(output)
      } else {
        try await check(registry)
      }
    }
  }

  private func check(_ registry: CaptureRegistry) async throws {
    let rows = try await registry.check().filter { set.queue == nil || $0.queue == set.queue }.map(Row.init)
    try output.print(rows, text: Self.text)
    let bad = rows.filter { $0.state != CaptureCheck.State.ok.rawValue }.count
    if bad > 0 {
      throw CommandError(
        "\(bad) of \(rows.count) captures need attention",
        hint: repair ? nil : "what can be mended without a decision is mended by: trunkline table check --repair",
        exitCode: .differences)
    }
  }

  static func text(_ rows: [Row]) -> String {
    var table = TextTable(["table", "queue", "state"])
    for row in rows { table.add([row.table, row.queue, row.state]) }
    let details = rows.filter { $0.detail != nil }.map { row in
      "\n\(row.table) into \(row.queue): \(row.detail ?? "")\n\(row.remedy.map { "  remedy: \($0);\n" } ?? "")"
    }
    return table.text + details.joined()
  }

  /// One finding, for printing.
  struct Row: Encodable {
    var table: String
    var queue: String
    var state: String
    var detail: String?
    var remedy: String?

    init(_ check: CaptureCheck) {
      table = check.table
      queue = check.queue
      state = check.state.rawValue
      detail = check.detail
      remedy = check.remedy
    }
  }
}
