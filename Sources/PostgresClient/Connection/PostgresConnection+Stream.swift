import CLibPQ

extension PostgresConnection {
  /// Runs one statement and lends its rows as a sequence, in constant memory however large the result is.
  ///
  /// Reading slowly slows the server down: rows are taken from the network only when asked for. When `body` returns
  /// before the last row, the statement is cancelled on the server. The connection serves nobody else meanwhile; using
  /// it inside `body` is an error.
  ///
  /// - Throws: ``PostgresError``; what `body` throws; `CancellationError`.
  public func stream<Value: Sendable>(
    _ query: PostgresQuery, _ body: @Sendable (PostgresRowSequence) async throws -> Value
  ) async throws -> Value {
    try await withTurn {
      let name = try await preparedName(query)
      return try await cancellable {
        try send(query, preparedAs: name)
        ChunkedRows.request(try openHandle())
        hasStreamed = true
        try await flush()
        return try await forgettingStale(query) {
          try await lend { try await body(PostgresRowSequence(connection: self, sql: query.sql, loan: $0)) }
        }
      }
    }
  }

  /// The next rows of the running stream, at least one; `nil` at the end.
  func nextRows(_ loan: Int, sql: String) async throws -> [PostgresResult]? {
    try await withStep(loan) {
      var rows: [PostgresResult] = []
      while rows.count < 256, !self.loan.isAtEnd {
        if !rows.isEmpty, try !hasResult() { break }
        guard let result = try await nextResult() else {
          self.loan.isAtEnd = true
          break
        }
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE, ChunkedRows.status:
          rows.append(PostgresResult(storage: ResultStorage(result)))
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
          PQclear(result)  // marks the end of the rows
        case let status where status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH:
          PQclear(result)
          self.loan.isAtEnd = true
          await refuseCopy(status)
          throw copyNotExpected(sql)
        default:
          let error = failure(result, sql)
          self.loan.isAtEnd = true
          await discardResults()
          throw error
        }
      }
      return rows.isEmpty ? nil : rows
    }
  }

  /// Whether a result can be taken without waiting.
  private func hasResult() throws -> Bool {
    let handle = try rawHandle()
    if PQisBusy(handle) == 0 { return true }
    return PQconsumeInput(handle) == 1 && PQisBusy(handle) == 0
  }
}

/// The rows of a running statement. Valid only inside the closure that got it; one iteration.
public struct PostgresRowSequence: AsyncSequence, Sendable {
  /// One row.
  public typealias Element = PostgresRow

  let connection: PostgresConnection
  let sql: String
  let loan: Int

  /// Iterates over the rows.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(connection: connection, sql: sql, loan: loan)
  }

  /// Takes rows from the connection in small groups.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let connection: PostgresConnection
    let sql: String
    let loan: Int
    private var results: [PostgresResult] = []
    private var number = 0
    private var position = 0

    init(connection: PostgresConnection, sql: String, loan: Int) {
      self.connection = connection
      self.sql = sql
      self.loan = loan
    }

    /// The next row; `nil` after the last.
    ///
    /// - Throws: ``PostgresError``; `misuse` outside the closure.
    public mutating func next() async throws -> PostgresRow? {
      while true {
        if number < results.count {
          if position < results[number].count {
            defer { position += 1 }
            return results[number][position]
          }
          number += 1
          position = 0
          continue
        }
        results = []
        guard let more = try await connection.nextRows(loan, sql: sql) else { return nil }
        results = more
        number = 0
      }
    }
  }
}
