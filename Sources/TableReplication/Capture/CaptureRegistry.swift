public import PostgresClient

/// The captures of one database.
///
/// Every call runs with the rights of the connection's role, which must own the tables and be a member of `pgq_admin`
/// (`pgq_reader` for ``list()`` and ``check()``). Table names are given as SQL writes them.
public struct CaptureRegistry: Sendable {
  /// What adding did.
  public enum Outcome: String, Sendable {
    /// There was no such capture.
    case added
    /// There was one with another definition.
    case replaced
    /// The same one was there already.
    case unchanged
  }

  private let connection: PostgresConnection

  /// The captures of the database that `connection` is connected to.
  public init(_ connection: PostgresConnection) { self.connection = connection }

  /// Captures a table's changes into a queue; repeating it changes nothing.
  ///
  /// - Throws: ``PostgresError``: unknown table, queue or column, table without key, missing rights.
  public func add(_ table: String, queue: String, _ options: CaptureOptions = CaptureOptions()) async throws -> Outcome
  {
    let rows = try await connection.query(
      "select trunkline.capture_add(\(table)::regclass, \(queue), \(raw: Self.optionsSQL(3)))", options: options)
    let text: String = try rows.first.map { try $0.decode(0) } ?? ""
    guard let outcome = Outcome(rawValue: text) else {
      throw PostgresError(.decoding, "capture_add() answered \"\(text)\"", hint: "is this version's schema installed?")
    }
    return outcome
  }

  /// The SQL that ``add(_:queue:_:)`` would run, one statement each.
  ///
  /// - Throws: as ``add(_:queue:_:)``.
  public func plan(_ table: String, queue: String, _ options: CaptureOptions = CaptureOptions()) async throws
    -> [String]
  {
    let rows = try await connection.query(
      "select trunkline.capture_plan(\(table)::regclass, \(queue), \(raw: Self.optionsSQL(3)))", options: options)
    return try rows.map { try $0.decode(0) }
  }

  /// Ends a capture; false if there was none. Its events stay in the queue.
  ///
  /// - Throws: ``PostgresError``.
  public func remove(_ table: String, queue: String) async throws -> Bool {
    let rows = try await connection.query("select trunkline.capture_remove(\(table)::regclass, \(queue)) = 1")
    return try rows.first.map { try $0.decode(0) } ?? false
  }

  /// The SQL that ``remove(_:queue:)`` would run; empty if there is no such capture.
  ///
  /// - Throws: ``PostgresError``.
  public func removalPlan(_ table: String, queue: String) async throws -> [String] {
    let rows = try await connection.query("select trunkline.capture_removal_plan(\(table)::regclass, \(queue))")
    return try rows.map { try $0.decode(0) }
  }

  /// All captures, in order of their tables.
  ///
  /// - Throws: ``PostgresError``.
  public func list() async throws -> [TableCapture] {
    let rows = try await connection.query("select * from trunkline.capture_list()")
    return try rows.map { row in
      TableCapture(
        table: try row.decode("table_name"), queue: try row.decode("queue_name"),
        mode: TableCapture.Mode(rawValue: try row.decode("mode")) ?? .row, key: try row.decode("key_columns"),
        options: CaptureOptions(
          columns: try row.decode("columns"), ignore: try row.decode("ignore"), when: try row.decode("when_expr"),
          before: try row.decode("before"), originOnly: try row.decode("origin_only")))
    }
  }

  /// Whether every capture works and fits its table.
  ///
  /// - Throws: ``PostgresError``.
  public func check() async throws -> [CaptureCheck] {
    let rows = try await connection.query("select * from trunkline.capture_check()")
    return try rows.map { row in
      let state: String = try row.decode("state")
      return CaptureCheck(
        table: try row.decode("table_name"), queue: try row.decode("queue_name"),
        state: CaptureCheck.State(rawValue: state) ?? .broken, detail: try row.decode("detail"),
        remedy: try row.decode("remedy"))
    }
  }

  /// Generates captures again whose tables were altered; returns how many.
  ///
  /// - Parameter table: only this one's; nil: all, where failures are only warned of.
  /// - Throws: ``PostgresError``.
  public func refresh(_ table: String? = nil) async throws -> Int {
    let rows = try await connection.query("select trunkline.capture_refresh(\(table.postgresParameter)::regclass)")
    return try rows.first.map { try $0.decode(0) } ?? 0
  }

  /// Tables that could be captured, as SQL writes them; partitions come with their root.
  ///
  /// - Parameter schemas: patterns of schema names with `*` and `?`; empty: all.
  /// - Throws: ``PostgresError``.
  public func candidates(schemas: [String] = []) async throws -> [String] {
    let patterns = schemas.isEmpty ? nil : schemas
    let rows = try await connection.query(
      """
      select format('%I.%I', n.nspname, c.relname)
      from trunkline.capture_candidates(\(patterns.postgresParameter)) t
      join pg_catalog.pg_class c on c.oid = t
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      order by n.nspname, c.relname
      """)
    return try rows.map { try $0.decode(0) }
  }

  /// The options as jsonb, from parameters starting at `first`.
  private static func optionsSQL(_ first: Int) -> String {
    let names = [
      ("key", "text[]"), ("columns", "text[]"), ("ignore", "text[]"), ("when", "text"), ("before", "bool"),
      ("origin_only", "bool"),
    ]
    let pairs = names.enumerated().map { "'\($1.0)', $\(first + $0)::\($1.1)" }
    return "jsonb_strip_nulls(jsonb_build_object(\(pairs.joined(separator: ", "))))"
  }
}

extension PostgresConnection {
  /// Runs a query whose last parameters are those of `CaptureRegistry.optionsSQL`.
  fileprivate func query(_ query: PostgresQuery, options: CaptureOptions) async throws -> PostgresResult {
    var query = query
    query.parameters += [
      options.key.postgresParameter, options.columns.postgresParameter, options.ignore.postgresParameter,
      options.when.postgresParameter, options.before.postgresParameter, options.originOnly.postgresParameter,
    ]
    return try await self.query(query)
  }
}
