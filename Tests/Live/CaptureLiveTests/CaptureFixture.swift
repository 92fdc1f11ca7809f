import PostgresTesting
import Testing

/// A database with the queue `q`, and a reader that turns the queue's events back into tables.
struct CaptureFixture: Sendable {
  let database: TestDatabase

  /// Lends a database with the queue and the reader; `setup` is run in it first.
  static func with(_ setup: String = "", options: String = "", _ body: (CaptureFixture) async throws -> Void)
    async throws
  {
    try await SharedCluster.withDatabase(options: options) { database in
      let fixture = CaptureFixture(database: database)
      try await database.psql("select pgq.create_queue('q');\n\(Replay.sql)\n\(setup)")
      try await body(fixture)
    }
  }

  @discardableResult
  func psql(_ sql: String) async throws -> String { try await database.psql(sql) }

  /// Captures a table into the queue.
  func capture(_ table: String, _ options: String = "{}") async throws {
    try await psql(
      "set client_min_messages = error; select trunkline.capture_add('\(table)', 'q', $json$\(options)$json$);")
  }

  /// Expects that the events of a table, applied in order of their ids as upserts and deletes by key, give the table.
  ///
  /// - Parameter filter: the rows of the table that the capture lets pass.
  func expectConverged(
    _ table: String, filter: String = "true", sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let difference = try await psql("select replay.difference('\(table)', $$\(filter)$$);")
    #expect(difference == "", sourceLocation: sourceLocation)
  }

  /// The events of a table: operation, data, old row, old key.
  func events(_ table: String) async throws -> String {
    try await psql(
      """
      select ev_type::json ->> 'op', ev_data, ev_extra2, ev_extra3 from pgq.event_template
      where ev_extra1 = '\(table)' order by ev_id;
      """)
  }

  /// The SQLSTATE and message of the error that SQL ends with.
  func failure(_ sql: String, user: String = "postgres") async throws -> String {
    let output = try await database.tools(user: user).tryPsql(sql)
    #expect(output.status != 0, "no error: \(sql)")
    return output.standardError
  }
}
