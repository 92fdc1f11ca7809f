import CLibPQ
import Glibc

extension PostgresConnection {
  /// Runs one statement and returns all its rows.
  ///
  /// For results that may not fit in memory use ``stream(_:_:)``.
  ///
  /// - Throws: ``PostgresError``; `CancellationError` when the task was cancelled and the statement stopped.
  @discardableResult
  public func query(_ query: PostgresQuery) async throws -> PostgresResult {
    try await withTurn {
      let name = try await preparedName(query)
      return try await cancellable {
        try send(query, preparedAs: name)
        try await flush()
        return try await lastResult(of: query.sql)
      }
    }
  }

  /// Runs statements without parameters, separated by semicolons; all in one transaction unless the text says otherwise.
  ///
  /// - Returns: the result of the last statement.
  /// - Throws: as ``query(_:)``.
  @discardableResult
  public func execute(_ script: String) async throws -> PostgresResult {
    try await withTurn { try await executeScript(script) }
  }

  /// As ``execute(_:)``, for callers that already have the turn.
  @discardableResult
  func executeScript(_ script: String) async throws -> PostgresResult {
    try refuseNUL(in: script)
    return try await cancellable {
      let handle = try openHandle()
      guard PQsendQuery(handle, script) == 1 else { throw sendFailure(script) }
      try await flush()
      return try await lastResult(of: script)
    }
  }

  // MARK: Steps

  func sendFailure(_ sql: String) -> PostgresError {
    guard let handle = try? openHandle() else { return lostConnection() }
    return PostgresError(.misuse, String(cString: PQerrorMessage(handle)), query: sql)
  }

  /// Hands a statement to libpq.
  func send(_ query: PostgresQuery, preparedAs name: String?) throws {
    let handle = try openHandle()
    if name == nil { try refuseNUL(in: query.sql) }
    let sent = try BoundParameters.withBound(query.parameters) { count, types, values, lengths, formats in
      if let name { return PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) }
      return PQsendQueryParams(handle, query.sql, count, types, values, lengths, formats, 0)
    }
    guard sent == 1 else { throw sendFailure(query.sql) }
  }

  /// The server-side name of a statement that asked to be prepared; prepares it on its first use.
  func preparedName(_ query: PostgresQuery) async throws -> String? {
    guard query.isPrepared else { return nil }
    if let name = preparedNames[query.sql] { return name }
    try refuseNUL(in: query.sql)
    let name = "trunkline_\(preparedNames.count + 1)"
    _ = try await cancellable {
      let handle = try openHandle()
      let types = query.parameters.map(\.typeOID)
      guard PQsendPrepare(handle, name, query.sql, Int32(types.count), types) == 1 else { throw sendFailure(query.sql) }
      try await flush()
      return try await lastResult(of: query.sql)
    }
    preparedNames[query.sql] = name
    return name
  }

  /// Reads to the end of the exchange; the last result, or the first error.
  func lastResult(of sql: String) async throws -> PostgresResult {
    var last: PostgresResult?
    var failure: PostgresError?
    while let result = try await nextResult() {
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        last = PostgresResult(storage: ResultStorage(result))
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        PQclear(result)
        failure = PostgresError(.misuse, "COPY needs copyIn or copyOut", query: sql)
        if let handle = try? openHandle(), PQputCopyEnd(handle, "COPY needs copyIn or copyOut") != 1 {}
        await discardResults()
      default:
        failure = failure ?? PostgresError(result: result, query: sql)
        PQclear(result)
      }
    }
    if let failure { throw failure }
    guard let last else { throw lostConnection() }
    return last
  }
}

/// PostgreSQL text cannot hold the character U+0000, and C strings would end at it silently.
func refuseNUL(in sql: String) throws {
  guard !sql.utf8.contains(0) else {
    throw PostgresError(.invalidInput, "the SQL text holds a NUL byte", hint: "PostgreSQL text cannot hold U+0000")
  }
}
