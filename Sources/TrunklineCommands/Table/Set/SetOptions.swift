import ArgumentParser
import EventFormats
import PostgresClient
import ServiceRuntime
import TableReplication

/// Which set of tables a command works on, if any.
struct SetOptions: ParsableArguments {
  @Option(help: "The queue. Default: the one of which this database is a node.")
  var queue: String?

  @Option(help: "In a set: added to the connection strings of other nodes, for example 'user=admin'.")
  var remoteOptions = ""

  /// The set of the queue; nil when the database is no node of it.
  func set(_ connection: PostgresConnection, _ options: ConnectionOptions) async throws -> ReplicationSet? {
    let queues = try await ReplicationSet.queues(connection)
    if let queue {
      guard queues.contains(queue) else { return nil }
    } else if queues.count > 1 {
      throw CommandError(
        "this database is a node of several queues: \(queues.joined(separator: ", "))", hint: "name one with --queue",
        exitCode: .configuration)
    }
    guard let name = queue ?? queues.first else { return nil }
    return try await ReplicationSet.open(
      name, connection, remoteOptions: remoteOptions, logger: options.noticeLogger)
  }

  /// Lends the set, for commands that make no sense without.
  func withSet<Value: Sendable>(
    _ options: ConnectionOptions, _ body: (ReplicationSet) async throws -> Value
  ) async throws -> Value {
    try await options.withConnection { connection in
      guard let set = try await set(connection, options) else {
        throw CommandError(
          queue.map { "this database is no node of queue \"\($0)\"" } ?? "this database is no node of any queue",
          hint: "make it one: trunkline node create-root, create-branch, create-leaf", exitCode: .configuration)
      }
      return try await body(set)
    }
  }

  /// The queue, for what needs one and no set.
  func requiredQueue() throws -> String {
    guard let queue else {
      throw CommandError("which queue?", hint: "name it with --queue", exitCode: .usage)
    }
    return queue
  }

  /// Names as a set has them: `public.orders`, patterns included; in quotes as SQL writes them.
  static func names(_ texts: [String]) throws -> [String] {
    try texts.map { text in
      guard text.contains("\"") else { return text }
      let name = try QualifiedName(parsing: text)
      return "\(name.schema?.name ?? "public").\(name.name.name)"
    }
  }
}

/// What was done with tables or sequences of a set, for printing.
struct SetReport: Encodable {
  /// One of them.
  struct Row: Encodable {
    var name: String
    var queue: String
    var node: String
    var result: String
    var warnings: [String]
    var sql: [String]?
  }

  /// Collects what `body` reports and prints it, also when it fails half-way.
  static func print(
    _ set: ReplicationSet, _ output: OutputOptions, _ body: ((SetResult) -> Void) async throws -> Void
  ) async throws {
    var rows: [Row] = []
    func finish() throws { try output.print(rows, text: Self.text) }
    do {
      try await body { result in
        rows.append(
          Row(
            name: result.name, queue: set.queue, node: set.node, result: result.result, warnings: result.warnings,
            sql: result.sql))
      }
    } catch {
      if !rows.isEmpty { try finish() }
      throw error
    }
    try finish()
  }

  private static func text(_ rows: [Row]) -> String {
    rows.map { row in
      let warnings = row.warnings.map { "\(row.sql == nil ? "  " : "-- ")note: \($0)\n" }.joined()
      guard let sql = row.sql else { return "\(row.name): \(row.result)\n" + warnings }
      return "-- \(row.name)\n" + warnings + sql.map { $0.hasSuffix(";") ? "\($0)\n" : "\($0);\n" }.joined()
    }.joined()
  }
}
