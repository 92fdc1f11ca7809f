import CLibPQ
import Glibc

extension PostgresConnection {
  /// Runs one statement and lends its rows as a sequence, in constant memory however large the result is.
  ///
  /// Reading slowly slows the server down: rows are taken from the network only when asked for. When `body` returns
  /// before the last row, the statement is cancelled on the server. The connection serves nobody else meanwhile.
  ///
  /// - Throws: ``PostgresError``; what `body` throws; `CancellationError`.
  public func stream<Value: Sendable>(
    _ query: PostgresQuery, _ body: @Sendable (PostgresRowSequence) async throws -> Value
  ) async throws -> Value {
    try await withTurn {
      let name = try await preparedName(query)
      return try await cancellable {
        try send(query, preparedAs: name)
        let handle = try openHandle()
        ChunkedRows.request(handle)
        try await flush()
        return try await lend(to: body, PostgresRowSequence(connection: self, sql: query.sql))
      }
    }
  }

  /// Runs the body, then brings the connection back to rest whatever happened.
  func lend<Stream: Sendable, Value: Sendable>(
    to body: @Sendable (Stream) async throws -> Value, _ stream: Stream
  ) async throws -> Value {
    do {
      let value = try await body(stream)
      await endStream()
      return value
    } catch {
      await endStream()
      throw error
    }
  }

  func endStream() async {
    guard let handle = try? openHandle(), PQtransactionStatus(handle) == PQTRANS_ACTIVE else { return }
    canceller.cancel()
    await discardResults()
  }

  /// The next rows of the running stream, at least one; `nil` at the end.
  func nextRows(sql: String) async throws -> [PostgresResult]? {
    var rows: [PostgresResult] = []
    while rows.count < 256 {
      if !rows.isEmpty, PQisBusy(try openHandle()) == 1 { break }
      guard let result = try await nextResult() else { break }
      switch PQresultStatus(result) {
      case PGRES_SINGLE_TUPLE, ChunkedRows.status:
        rows.append(PostgresResult(storage: ResultStorage(result)))
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        PQclear(result)  // marks the end of the rows
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        PQclear(result)
        throw PostgresError(.misuse, "COPY needs copyIn or copyOut", query: sql)
      default:
        let error = PostgresError(result: result, query: sql)
        PQclear(result)
        await discardResults()
        throw error
      }
    }
    return rows.isEmpty ? nil : rows
  }
}

/// The rows of a running statement. Valid only inside the closure that got it; one iteration.
public struct PostgresRowSequence: AsyncSequence, Sendable {
  public typealias Element = PostgresRow

  let connection: PostgresConnection
  let sql: String

  /// Iterates over the rows.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: connection, sql: sql) }

  /// Takes rows from the connection in small groups.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let connection: PostgresConnection
    let sql: String
    private var results: ArraySlice<PostgresResult> = []
    private var position = 0

    init(connection: PostgresConnection, sql: String) {
      self.connection = connection
      self.sql = sql
    }

    /// The next row; `nil` after the last.
    ///
    /// - Throws: ``PostgresError``.
    public mutating func next() async throws -> PostgresRow? {
      while true {
        if let result = results.first {
          if position < result.count {
            defer { position += 1 }
            return result[position]
          }
          results.removeFirst()
          position = 0
          continue
        }
        guard let more = try await connection.nextRows(sql: sql) else { return nil }
        results = more[...]
      }
    }
  }
}

/// libpq 17 can give rows in chunks; older libraries give one result a row. The function is looked up at run time, so
/// that one build runs with every libpq.
enum ChunkedRows {
  private typealias Setter = @convention(c) (OpaquePointer?, CInt) -> CInt

  private static let setter: Setter? = dlsym(nil, "PQsetChunkedRowsMode").map { unsafeBitCast($0, to: Setter.self) }

  /// `PGRES_TUPLES_CHUNK`, which headers before 17 do not have.
  static let status = ExecStatusType(rawValue: 12)

  static func request(_ handle: OpaquePointer) {
    if let setter, setter(handle, 256) == 1 { return }
    PQsetSingleRowMode(handle)
  }
}
