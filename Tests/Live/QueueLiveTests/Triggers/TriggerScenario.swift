import PostgresClient

/// A table with one of the queue triggers, and statements that fire it.
struct TriggerScenario: Sendable {
  let name: String
  let table: String
  let options: String
  let timing: String
  let level: String
  let statements: [String]

  init(
    _ name: String, table: String = "create table item (id int primary key, a text, b text, c text)",
    options: String = "",
    timing: String = "after insert or update or delete", level: String = "row", statements: [String]
  ) {
    self.name = name
    self.table = table
    self.options = options
    self.timing = timing
    self.level = level
    self.statements = statements
  }

  static let all = ofData + ofOptions

  /// Runs the statements against a fresh table whose trigger is `function`.
  /// - Returns: a line per failed statement, then a line per event with its six fields.
  func run(_ function: String, queue: String, on connection: PostgresConnection) async throws -> String {
    try await connection.execute(
      "drop schema if exists app cascade; create schema app; set search_path = app; set timezone = 'UTC'; \(table)")
    try await connection.query("select pgq.create_queue(\(queue))")
    let name = table.contains(#""It""em""#) ? #""It""em""# : "item"
    let arguments = ["'\(queue)'", options].filter { !$0.isEmpty }.joined(separator: ", ")
    try await connection.execute(
      "create trigger t \(timing) on \(name) for each \(level) execute function pgq.\(function)(\(arguments))")
    var lines: [String] = []
    for statement in statements {
      do {
        try await connection.execute(statement)
      } catch let error as PostgresError {
        lines.append("error: \(error.message.replacing("'\(queue)'", with: "'QUEUE'"))")
      }
      if statement.contains("reset all") { try await connection.execute("set search_path = app") }
    }
    return (lines + (try await events(of: queue, on: connection))).joined(separator: "\n")
  }

  /// Control characters are shown as visible ones.
  private func events(of queue: String, on connection: PostgresConnection) async throws -> [String] {
    let table = try await connection.query("select queue_data_pfx from pgq.queue where queue_name = \(queue)")
      .first?.decode(0, as: String.self)
    let fields = ["type", "data", "extra1", "extra2", "extra3", "extra4"].map { "coalesce(ev_\($0), 'NULL')" }
    return try await connection.query(
      """
      select translate(concat_ws(' | ', \(raw: fields.joined(separator: ", "))),
                       E'\\n\\t\\001\\b\\f\\r\\177', '⏎⇥①⌫⇟↩⌦')
      from \(raw: table ?? "") order by ev_id
      """
    ).map { try $0.decode(0, as: String.self) }
  }
}
