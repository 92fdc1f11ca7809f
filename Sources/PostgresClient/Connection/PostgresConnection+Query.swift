import CLibPQ

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
        return try await forgettingStale(query) { try await lastResult(of: query.sql) }
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
  func executeScript(_ script: String, hidesLoss: Bool = true) async throws -> PostgresResult {
    try refuseNUL(in: script)
    return try await cancellable(hidesLoss: hidesLoss) {
      let handle = try openHandle()
      guard PQsendQuery(handle, script) == 1 else { throw sendFailure(script) }
      try await flush()
      return try await lastResult(of: script)
    }
  }

  // MARK: Steps

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

  /// Reads to the end of the exchange; the last result, or the first error.
  func lastResult(of sql: String) async throws -> PostgresResult {
    var last: PostgresResult?
    var failure: PostgresError?
    while let result = try await nextResult() {
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        last = PostgresResult(storage: ResultStorage(result))
      case let status where status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH:
        PQclear(result)
        failure = failure ?? copyNotExpected(sql)
        await refuseCopy(status)
      default:
        let error = self.failure(result, sql)
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    guard let last else { throw lostConnection() }
    return last
  }

  /// Brings the connection back to rest from a COPY that nobody asked for.
  ///
  /// A COPY TO is cancelled, as it would send the whole table. A COPY FROM is only told that nothing comes: a cancel
  /// request that arrives before the server has read the statement's Sync would make it answer twice, and the second
  /// answer would be taken for that of the next statement.
  func refuseCopy(_ status: ExecStatusType) async {
    if status != PGRES_COPY_IN { canceller.cancel() }
    await discardResults()
  }

  func copyNotExpected(_ sql: String) -> PostgresError {
    PostgresError(.misuse, "COPY with STDIN or STDOUT needs copyIn or copyOut", query: sql)
  }
}

/// PostgreSQL text cannot hold the character U+0000, and C strings would end at it silently.
func refuseNUL(in sql: String) throws {
  guard !sql.utf8.contains(0) else {
    throw PostgresError(.invalidInput, "the SQL text holds a NUL byte", hint: "PostgreSQL text cannot hold U+0000")
  }
}
