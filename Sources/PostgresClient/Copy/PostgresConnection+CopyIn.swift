import CLibPQ

extension PostgresConnection {
  /// Runs `COPY ... FROM STDIN`, fed by `body`.
  ///
  /// ``PostgresCopyWriter/write(_:)`` returns when the bytes are with the operating system, so a slow server slows the
  /// writer down and memory stays constant. When `body` throws, the server drops every row of this COPY.
  ///
  /// - Returns: the number of rows copied.
  /// - Throws: ``PostgresError`` (its `context` names the line); what `body` throws; `CancellationError`.
  @discardableResult
  public func copyIn(
    _ sql: String, _ body: @Sendable (PostgresCopyWriter) async throws -> Void
  ) async throws -> Int {
    try await withTurn {
      try refuseNUL(in: sql)
      return try await cancellable {
        let handle = try openHandle()
        guard PQsendQuery(handle, sql) == 1 else { throw sendFailure(sql) }
        try await flush()
        try await expectCopy(PGRES_COPY_IN, sql)
        do {
          try await body(PostgresCopyWriter(connection: self))
          try Task.checkCancellation()
        } catch {
          try await abortCopy()
          throw error
        }
        guard PQputCopyEnd(try openHandle(), nil) == 1 else { throw lostConnection() }
        try await flush()
        return try await lastResult(of: sql).affectedRows
      }
    }
  }

  /// Makes the server forget the rows, and brings the connection back to rest.
  private func abortCopy() async throws {
    guard let handle = try? openHandle() else { return }
    guard PQputCopyEnd(handle, "the client gave up") == 1 else { return }
    try await flush()
    await discardResults()
  }

  func putCopyData(_ bytes: [UInt8]) async throws {
    // libpq takes an Int32 length; larger pieces also would be buffered whole.
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      try Task.checkCancellation()
      let end = min(start + 1 << 20, bytes.count)
      let handle = try openHandle()
      let status = bytes[start..<end].withUnsafeBytes { piece in
        PQputCopyData(handle, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
      }
      guard status == 1 else { throw await copyFailure() }
      try await flush()
    }
  }

  /// Why the server no longer takes rows.
  private func copyFailure() async -> PostgresError {
    do {
      _ = try await lastResult(of: "COPY")
      return lostConnection()
    } catch let error as PostgresError {
      return error
    } catch {
      return lostConnection()
    }
  }
}

/// Writes the bytes of a running `COPY FROM STDIN`. Valid only inside the closure that got it.
public struct PostgresCopyWriter: Sendable {
  let connection: PostgresConnection

  /// Sends bytes in the format that the COPY statement names; rows may be split anywhere.
  ///
  /// - Throws: ``PostgresError``; `CancellationError`.
  public func write(_ bytes: [UInt8]) async throws { try await connection.putCopyData(bytes) }

  /// Sends text; the same as its UTF-8 bytes.
  ///
  /// - Throws: as ``write(_:)-([UInt8])``.
  public func write(_ text: String) async throws { try await connection.putCopyData([UInt8](text.utf8)) }
}
