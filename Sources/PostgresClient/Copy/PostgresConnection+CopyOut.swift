import CLibPQ

extension PostgresConnection {
  /// Runs `COPY ... TO STDOUT` and lends its bytes, in constant memory.
  ///
  /// Each chunk holds whole rows (about 64 kB of them), in the format the statement asks for. Reading slowly slows the
  /// server down. When `body` returns early, the COPY is cancelled.
  ///
  /// - Throws: ``PostgresError``; what `body` throws; `CancellationError`.
  public func copyOut<Value: Sendable>(
    _ sql: String, _ body: @Sendable (PostgresByteSequence) async throws -> Value
  ) async throws -> Value {
    try await withTurn {
      try refuseNUL(in: sql)
      return try await cancellable {
        try await startCopy(sql, PGRES_COPY_OUT)
        return try await lend { try await body(PostgresByteSequence(connection: self, sql: sql, loan: $0)) }
      }
    }
  }

  /// Sends the statement and takes its first result, which must open the COPY.
  func startCopy(_ sql: String, _ expected: ExecStatusType) async throws {
    guard PQsendQuery(try openHandle(), sql) == 1 else { throw sendFailure(sql) }
    try await flush()
    guard let result = try await nextResult() else { throw lostConnection() }
    let status = PQresultStatus(result)
    if status == expected { return PQclear(result) }
    let error: PostgresError
    if status == PGRES_FATAL_ERROR {
      error = failure(result, sql)
    } else {
      PQclear(result)
      error = PostgresError(.misuse, "the statement is no COPY in the expected direction", query: sql)
      canceller.cancel()
    }
    await discardResults()
    throw error
  }

  /// The next chunk of the running COPY; `nil` at its end.
  func nextCopyChunk(_ loan: Int, sql: String) async throws -> [UInt8]? {
    try await withStep(loan) {
      guard !self.loan.isAtEnd else { return nil }
      let handle = try openHandle()
      var chunk: [UInt8] = []
      var hasRead = false
      while chunk.count < copyChunkSize {
        switch takeCopyData(handle, into: &chunk) {
        case 1...:
          hasRead = false
        case 0:
          // What has arrived meanwhile is taken at once, for waiting costs much more.
          if hasRead {
            guard chunk.isEmpty else { return chunk }
            try await awaitSocket(handle, .readable)
          }
          guard PQconsumeInput(handle) == 1 else { throw lostConnection() }
          hasRead = true
        case -1:
          self.loan.isAtEnd = true
          _ = try await lastResult(of: sql)
          return chunk.isEmpty ? nil : chunk
        default: throw lostConnection()
        }
      }
      return chunk
    }
  }

  /// Appends the next row's bytes; answers as `PQgetCopyData`: their number, 0 for "not yet", -1 for the end.
  private func takeCopyData(_ handle: OpaquePointer, into chunk: inout [UInt8]) -> Int {
    var buffer: UnsafeMutablePointer<CChar>?
    let length = Int(PQgetCopyData(handle, &buffer, 1))
    guard length > 0, let buffer else { return length }
    if chunk.isEmpty { chunk.reserveCapacity(copyChunkSize + length) }
    chunk.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: length))
    PQfreemem(buffer)
    return length
  }
}

/// Whether a statement is a COPY over the connection.
func opensCopy(_ sql: String) -> Bool {
  var rest = sql[...]
  while true {
    rest = rest.drop { $0.isWhitespace }
    if rest.hasPrefix("--") {
      rest = rest.drop { !$0.isNewline }
    } else if rest.hasPrefix("/*"), let end = rest.firstRange(of: "*/") {
      rest = rest[end.upperBound...]
    } else {
      break
    }
  }
  guard rest.prefix(4).lowercased() == "copy" else { return false }
  let text = rest.lowercased()
  return text.contains("stdin") || text.contains("stdout")
}

let copyChunkSize = 64 * 1024

/// The bytes of a running `COPY TO STDOUT`. Valid only inside the closure that got it; one iteration.
public struct PostgresByteSequence: AsyncSequence, Sendable {
  /// A piece of the stream, as it came from the server.
  public typealias Element = [UInt8]

  let connection: PostgresConnection
  let sql: String
  let loan: Int

  /// Iterates over the chunks.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(connection: connection, sql: sql, loan: loan)
  }

  /// Takes chunks from the connection.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let connection: PostgresConnection
    let sql: String
    let loan: Int

    /// The next chunk of whole rows; `nil` at the end.
    ///
    /// - Throws: ``PostgresError``; `misuse` outside the closure.
    public mutating func next() async throws -> [UInt8]? { try await connection.nextCopyChunk(loan, sql: sql) }
  }
}
