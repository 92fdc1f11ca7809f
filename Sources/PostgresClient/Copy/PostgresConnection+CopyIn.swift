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
        try await startCopy(sql, PGRES_COPY_IN)
        do {
          try await lendWriter(body)
          try Task.checkCancellation()
        } catch {
          await abortCopy()
          throw error
        }
        // A body that went on after an error of the server must not make the COPY look complete.
        if let failure = loan.failure { throw failure }
        guard PQputCopyEnd(try openHandle(), nil) == 1 else { throw lostConnection() }
        try await flush()
        return try await lastResult(of: sql).affectedRows
      }
    }
  }

  private func lendWriter(_ body: @Sendable (PostgresCopyWriter) async throws -> Void) async throws {
    let number = loan.start()
    let result: Result<Void, any Error>
    do {
      try await Self.$lent.withValue(Self.lent.union([ObjectIdentifier(self)])) {
        try await body(PostgresCopyWriter(connection: self, loan: number))
      }
      result = .success(())
    } catch {
      result = .failure(error)
    }
    loan.end()
    await stopSteps()
    try result.get()
  }

  /// Makes the server forget the rows, and brings the connection back to rest.
  private func abortCopy() async {
    guard let handle = try? openHandle(), PQtransactionStatus(handle) == PQTRANS_ACTIVE else { return }
    guard PQputCopyEnd(handle, "the client gave up") == 1, (try? await flush()) != nil else {
      return breakConnection()
    }
    await discardResults()
  }

  func putCopyData(_ loan: Int, _ bytes: [UInt8]) async throws {
    try await withStep(loan) {
      // libpq takes an Int32 length; larger pieces also would be buffered whole.
      for start in stride(from: 0, to: bytes.count, by: copyPieceSize) {
        try Task.checkCancellation()
        if let failure = self.loan.failure { throw failure }
        let handle = try openHandle()
        let status = bytes[start..<min(start + copyPieceSize, bytes.count)].withUnsafeBytes { piece in
          PQputCopyData(handle, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
        }
        do {
          guard status == 1 else { throw await copyFailure() }
          try await flush()
        } catch let error as PostgresError {
          self.loan.failure = error
          throw error
        }
      }
    }
  }

  /// Why the server no longer takes rows.
  private func copyFailure() async -> PostgresError {
    do {
      _ = try await lastResult(of: "COPY")
      return lostConnection()
    } catch {
      return error as? PostgresError ?? lostConnection()
    }
  }
}

private let copyPieceSize = 1 << 20

/// Writes the bytes of a running `COPY FROM STDIN`. Valid only inside the closure that got it; one call at a time.
public struct PostgresCopyWriter: Sendable {
  let connection: PostgresConnection
  let loan: Int

  /// Sends bytes in the format that the COPY statement names; rows may be split anywhere.
  ///
  /// - Throws: ``PostgresError``; `CancellationError`; `misuse` outside the closure.
  public func write(_ bytes: [UInt8]) async throws { try await connection.putCopyData(loan, bytes) }

  /// Sends text; the same as its UTF-8 bytes.
  ///
  /// - Throws: as ``write(_:)-([UInt8])``.
  public func write(_ text: String) async throws { try await connection.putCopyData(loan, [UInt8](text.utf8)) }
}
