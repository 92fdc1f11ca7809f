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
        try await startCopyOut(sql)
        return try await lend(to: body, PostgresByteSequence(connection: self, sql: sql))
      }
    }
  }

  func startCopyOut(_ sql: String) async throws {
    guard PQsendQuery(try openHandle(), sql) == 1 else { throw sendFailure(sql) }
    try await flush()
    try await expectCopy(PGRES_COPY_OUT, sql)
    copyEnded = false
  }

  /// Takes the first result, which must open the COPY.
  func expectCopy(_ expected: ExecStatusType, _ sql: String) async throws {
    guard let result = try await nextResult() else { throw lostConnection() }
    defer { PQclear(result) }
    let status = PQresultStatus(result)
    guard status != expected else { return }
    let error =
      status == PGRES_FATAL_ERROR
      ? PostgresError(result: result, query: sql)
      : PostgresError(.misuse, "the statement is no COPY in the expected direction", query: sql)
    await discardResults()
    throw error
  }

  /// The next chunk of the running COPY; `nil` at its end.
  func nextCopyChunk(sql: String) async throws -> [UInt8]? {
    let handle = try openHandle()
    var chunk: [UInt8] = []
    // After the end of the rows libpq knows no COPY any more.
    guard !copyEnded else { return nil }
    while chunk.count < copyChunkSize {
      var buffer: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(handle, &buffer, 1)
      if length > 0, let buffer {
        if chunk.isEmpty { chunk.reserveCapacity(copyChunkSize + Int(length)) }
        chunk.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: Int(length)))
        PQfreemem(buffer)
      } else if length == 0 {
        if !chunk.isEmpty { return chunk }
        _ = try await SocketEvents.shared.wait(PQsocket(handle), for: .readable, cancellable: false)
        guard PQconsumeInput(handle) == 1 else { throw lostConnection() }
      } else if length == -1 {
        copyEnded = true
        _ = try await lastResult(of: sql)
        return chunk.isEmpty ? nil : chunk
      } else {
        throw lostConnection()
      }
    }
    return chunk
  }
}

let copyChunkSize = 64 * 1024

/// The bytes of a running `COPY TO STDOUT`. Valid only inside the closure that got it; one iteration.
public struct PostgresByteSequence: AsyncSequence, Sendable {
  public typealias Element = [UInt8]

  let connection: PostgresConnection
  let sql: String

  /// Iterates over the chunks.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: connection, sql: sql) }

  /// Takes chunks from the connection.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let connection: PostgresConnection
    let sql: String

    /// The next chunk of whole rows; `nil` at the end.
    ///
    /// - Throws: ``PostgresError``.
    public mutating func next() async throws -> [UInt8]? { try await connection.nextCopyChunk(sql: sql) }
  }
}
